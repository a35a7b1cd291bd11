"""Reads texts, one a line in hexadecimal, and tells of each what Python's json makes of it, made as strict as it can be:
`no`, or the value in one canonical form: sorted keys, ASCII, shortest floats."""

import json
import sys


def refuse(word):
    raise ValueError(word)


def unique(pairs):
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)


def verdict(data):
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_constant=refuse, object_pairs_hook=unique)
        canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
        canonical.encode("ascii")
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        return canonical
    except (ValueError, RecursionError):
        return "no"


print("\n".join(verdict(bytes.fromhex(line)) for line in sys.stdin))

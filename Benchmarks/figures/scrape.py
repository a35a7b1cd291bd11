"""How long a scrape takes, and whether a loop has to wait for it: the lines of metrics-figures."""

import re
import subprocess

from peers.harness.progress import say

from . import binaries

LINE = re.compile(r"(.*): ([0-9.]+) ms")


def scrape() -> dict[str, float]:
    """By what was measured: milliseconds."""
    done = subprocess.run([binaries.binary("metrics-figures"), "scrape"], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        say(f"metrics-figures failed: {done.stderr.strip()}")
        return {}
    found = [LINE.match(line) for line in done.stdout.splitlines()]
    rows = {match[1]: float(match[2]) for match in found if match}
    for name, milliseconds in rows.items():
        say(f"scrape     {name:40} {milliseconds:.1f} ms")
    return rows

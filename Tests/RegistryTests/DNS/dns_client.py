"""Asks a registry by dnspython: one question a line on standard input, `transport payload name type`, and for each its
answer as one line: the code, the flags, the answers, the authorities, the additional records."""

import sys

import dns.flags
import dns.message
import dns.query
import dns.rcode


def texts(section):
    return sorted(f"{rrset.name} {item.rdtype.name} {item}" for rrset in section for item in rrset)


port = int(sys.argv[1])
for line in sys.stdin:
    transport, payload, name, kind = line.split()
    size = int(payload)
    query = dns.message.make_query(name, kind, use_edns=0 if size else -1, payload=size or None)
    send = dns.query.tcp if transport == "tcp" else dns.query.udp
    answer = send(query, "127.0.0.1", port=port, timeout=20)
    assert answer.id == query.id and answer.question == query.question
    parts = [dns.rcode.to_text(answer.rcode()), dns.flags.to_text(answer.flags)]
    parts += [", ".join(texts(section)) for section in (answer.answer, answer.authority, answer.additional)]
    print(" | ".join(parts), flush=True)

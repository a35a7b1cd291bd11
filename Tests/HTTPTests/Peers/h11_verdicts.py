"""Reads requests, one a line in hexadecimal, and tells of each what h11 makes of it: `whole` when it is one
whole message, `part` when more bytes are needed, else the error."""

import sys

import h11


def verdict(data):
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    connection.receive_data(data)
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                return "part"
            if isinstance(event, h11.EndOfMessage):
                return "whole"
    except h11.RemoteProtocolError as error:
        return str(error)


requests = [bytes.fromhex(line) for line in sys.stdin]
print("\n".join(verdict(request) for request in requests))

"""Reads requests, one a line in hexadecimal, and tells of each what llhttp makes of it: `whole` when it is one
whole message and nothing more, `part` when more bytes are needed, else the name of the error."""

import sys

import llhttp


class Parser(llhttp.Request):
    ends = 0

    def on_message_complete(self):
        self.ends += 1


def verdict(data):
    parser = Parser()
    try:
        parser.execute(data)
    except llhttp.PausedH2UpgradeError:
        pass
    except llhttp.Error as error:
        return type(error).__name__
    if parser.ends == 1:
        return "whole"
    return "part" if parser.ends == 0 else "several"


requests = [bytes.fromhex(line) for line in sys.stdin]
print("\n".join(verdict(request) for request in requests))

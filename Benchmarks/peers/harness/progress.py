"""Progress goes to stderr; stdout carries the tables alone."""

import sys


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

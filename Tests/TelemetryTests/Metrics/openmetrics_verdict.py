"""Reads an exposition from standard input with prometheus_client's parser and tells what it understood.

Usage: openmetrics_verdict.py text|openmetrics

One line for each sample: name, sorted labels as JSON, value, and the exemplar's labels and value or null.
"""

import io
import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

text = sys.stdin.buffer.read().decode("utf-8")
parse = {
    "text": parser.text_fd_to_metric_families,
    "openmetrics": openmetrics.text_fd_to_metric_families,
}[sys.argv[1]]
# newline="\n": a carriage return in a value ends no line.
for family in parse(io.StringIO(text, newline="\n")):
    for sample in family.samples:
        exemplar = sample.exemplar and [sample.exemplar.labels, sample.exemplar.value]
        print(json.dumps([family.type, family.unit, sample.name, sample.labels, sample.value, exemplar], sort_keys=True))

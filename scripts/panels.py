#!/usr/bin/env python3
"""Asks a Prometheus each query of Grafana's dashboards, and tells which have no data or can't be answered.

    scripts/panels.py PROMETHEUS_URL [--minutes N] [--all]

A query has data when it had a number within the last N minutes (default 5). Variables take each of their values; a query has
data when it has some for one of them. Panels that are empty while all is well ("noValue" in their JSON) may be empty,
unless --all is given. Ends with status 0 when all queries have data, 1 when not, 2 when Prometheus can't be asked.
"""
import argparse
import itertools
import json
import math
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "grafana" / "dashboards"
TIMEOUT = 30
LABEL_VALUES = re.compile(r"label_values\((?P<selector>.+), (?P<label>\w+)\)")


class Refused(Exception):
    """Prometheus does not take the query."""


class Prometheus:
    def __init__(self, address: str, minutes: float) -> None:
        self.address = address.rstrip("/")
        self.end = time.time()
        self.start = self.end - minutes * 60

    def get(self, path: str, **fields: object) -> object:
        url = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(fields, doseq=True)}"
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            text = error.read(4096).decode(errors="replace")
            try:
                text = json.loads(text)["error"]
            except (ValueError, KeyError):
                pass
            raise Refused(f"{error.code}: {text}") from error

    def has_data(self, expression: str) -> bool:
        answer = self.get("query_range", query=expression, start=self.start, end=self.end, step=15)
        return any(not math.isnan(float(value)) for series in answer["result"] for _, value in series["values"])

    def values(self, selector: str, label: str) -> list[str]:
        fields = {"match[]": selector, "start": self.start, "end": self.end}
        return self.get(f"label/{label}/values", **fields)


def filled(text: str, values: dict[str, str]) -> str:
    """The query with the variables' values; a longer name comes before one that it begins with."""
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"${{{name}}}", values[name]).replace(f"${name}", values[name])
    return text


def choices(prometheus: Prometheus, variables: list[dict]) -> list[dict[str, str]]:
    """Each choice of values that a page can be looked at with; one of several values at once takes all of them."""
    known: dict[str, list[str]] = {}
    for variable in variables:
        if variable["multi"]:
            known[variable["name"]] = [variable["allValue"]]
            continue
        found = LABEL_VALUES.fullmatch(variable["query"]["query"])
        known[variable["name"]] = prometheus.values(found["selector"], found["label"]) or ["none"]
    return [dict(zip(known, values)) for values in itertools.product(*known.values())]


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks that each query of Grafana's dashboards has data.")
    parser.add_argument("prometheus", help="its address, such as http://127.0.0.1:9090")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--all", action="store_true", help="panels that are empty while all is well must have data, too")
    options = parser.parse_args()
    prometheus = Prometheus(options.prometheus, options.minutes)
    counts = {"data": 0, "quiet": 0, "no data": 0, "refused": 0}
    for path in sorted(FOLDER.glob("*.json")):
        page = json.loads(path.read_text())
        picked = choices(prometheus, page["templating"]["list"])
        for panel in page["panels"]:
            is_quiet = "noValue" in panel.get("fieldConfig", {}).get("defaults", {})
            for target in panel.get("targets", []):
                outcome, text = "no data", ""
                try:
                    if any(prometheus.has_data(filled(target["expr"], values)) for values in picked):
                        outcome = "data"
                    elif is_quiet and not options.all:
                        outcome = "quiet"
                except Refused as refusal:
                    outcome, text = "refused", f" ({refusal})"
                counts[outcome] += 1
                if outcome != "data":
                    print(f"{outcome}: {page['title']} / {panel['title']} / {target['refId']}: {target['expr']}{text}")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 0 if counts["data"] and not counts["no data"] and not counts["refused"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, Refused) as error:
        print(f"panels.py: Prometheus can't be asked: {error}", file=sys.stderr)
        sys.exit(2)

"""Checks what no tool of Prometheus or Grafana checks.

    monitoring.py rules FOLDER SOURCES        rules, their tests and their runbooks
    monitoring.py dashboards FOLDER SOURCES   Grafana's dashboards
    monitoring.py queries FOLDER SOURCES      writes the queries of all dashboards as rules, for promtool

FOLDER holds prometheus, grafana and docs/runbooks; SOURCES is where our metrics are declared. Each mistake is a line, and the end
is status 1.
"""
import json
import pathlib
import re
import sys

import promql
import yaml

SEVERITIES = {"page", "ticket", "none"}
DEFINITION = re.compile(r'MetricDefinition<(\w+)>\(\s*"([a-z0-9_]+)"')
TEMPLATE_LABEL = re.compile(r"\$labels\.(\w+)")
FIRING = re.compile(r'ALERTS\{alertname="(\w+)",alertstate="firing"(.*)\}')
KINDS = {"timeseries", "stat", "table"}


def own_metrics(sources: pathlib.Path) -> set[str]:
    """The names of all series that our programs can have, by the declarations in the code."""
    names = set()
    for path in sources.rglob("*.swift"):
        for kind, name in DEFINITION.findall(path.read_text()):
            names |= {f"{name}{end}" for end in ("_bucket", "_sum", "_count")} if kind == "Histogram" else {name}
    return names


class Checker:
    def __init__(self, folder: pathlib.Path, sources: pathlib.Path) -> None:
        self.folder = folder
        self.mistakes: list[str] = []
        self.rules = [
            (path.name, rule)
            for path in sorted((folder / "prometheus/rules").glob("*.yml"))
            for group in yaml.safe_load(path.read_text())["groups"]
            for rule in group["rules"]
        ]
        foreign = (folder / "prometheus/foreign-metrics.txt").read_text().splitlines()
        self.foreign = {line for line in foreign if line and not line.startswith("#")}
        self.own = own_metrics(sources)
        self.recorded = {rule["record"] for _, rule in self.rules if "record" in rule}

    def must(self, condition: object, mistake: str) -> None:
        if not condition:
            self.mistakes.append(mistake)

    def known(self, expression: str, where: str) -> set[str]:
        names = promql.metrics(expression)
        for name in sorted(names - self.own - self.recorded - self.foreign):
            self.mistakes.append(f"{where}: nobody tells {name}")
        return names

    # Rules

    def check_rules(self) -> None:
        firing = self.tested()
        alerts = set()
        for file, rule in self.rules:
            name = rule.get("alert") or rule["record"]
            self.known(rule["expr"], f"{file}: {name}")
            if "alert" in rule:
                alerts.add(name)
                self.check_alert(f"{file}: {name}", rule, firing.get(name))
        pages = {path.stem for path in (self.folder / "docs/runbooks").glob("*.md")} - {"README"}
        for name in sorted(pages - alerts):
            self.mistakes.append(f"docs/runbooks/{name}.md: no alert of this name")
        listed = (self.folder / "docs/runbooks/README.md").read_text()
        for name in sorted(alerts):
            self.must(f"[{name}]({name}.md)" in listed, f"docs/runbooks/README.md: {name} is missing")

    def check_alert(self, where: str, rule: dict, firing: list[str] | None) -> None:
        notes = rule.get("annotations", {})
        severity = rule.get("labels", {}).get("severity")
        self.must(severity in SEVERITIES, f"{where}: severity {severity}")
        for key in ("summary", "description"):
            self.must(notes.get(key), f"{where}: no {key}")
        self.must(notes.get("query") == rule["expr"], f"{where}: its query is not its expression")
        runbook = f"docs/runbooks/{rule['alert']}.md"
        self.must(notes.get("runbook") == runbook, f"{where}: its runbook is not {runbook}")
        self.must((self.folder / runbook).exists(), f"{where}: {runbook} is not there")
        self.must(firing, f"{where}: no test in which it rings")
        for label in TEMPLATE_LABEL.findall(notes.get("summary", "") + notes.get("description", "")):
            for labels in firing or []:
                self.must(f'{label}="' in labels, f"{where}: it has no label {label}, which its text names")

    def tested(self) -> dict[str, list[str]]:
        """By alert, the labels with which tests expect it to ring."""
        firing: dict[str, list[str]] = {}
        for path in sorted((self.folder / "prometheus/tests").glob("*.yml")):
            for test in yaml.safe_load(path.read_text())["tests"]:
                for check in test.get("promql_expr_test", []):
                    for sample in check["exp_samples"] or []:
                        found = FIRING.match(sample["labels"])
                        if found:
                            firing.setdefault(found[1], []).append(found[2])
        return firing

    # Dashboards

    def pages(self) -> list[tuple[str, dict]]:
        return [
            (path.name, json.loads(path.read_text())) for path in sorted((self.folder / "grafana/dashboards").glob("*.json"))
        ]

    def check_dashboards(self) -> None:
        sources = yaml.safe_load((self.folder / "grafana/provisioning/datasources/datasources.yml").read_text())
        known = {source["uid"] for source in sources["datasources"]}
        pages, used = self.pages(), set()
        for key in ("uid", "title"):
            values = [page[key] for _, page in pages]
            self.must(len(set(values)) == len(values), f"dashboards: a {key} twice: {values}")
        for file, page in pages:
            self.must(page["uid"] == file.removesuffix(".json"), f"{file}: its uid is {page['uid']}")
            used |= self.check_page(file, page, known)
        used |= {name for _, rule in self.rules for name in promql.metrics(rule["expr"])}
        for name in sorted(self.foreign & self.own):
            self.mistakes.append(f"prometheus/foreign-metrics.txt: {name} is ours")
        for name in sorted(self.foreign - used):
            self.mistakes.append(f"prometheus/foreign-metrics.txt: nobody asks for {name}")
        for name in sorted(self.recorded - used):
            self.mistakes.append(f"nobody asks for {name}, which is recorded")

    def check_page(self, file: str, page: dict, sources: set[str]) -> set[str]:
        ids, titles, used, row = [], [], set(), ""
        variables = {variable["name"] for variable in page["templating"]["list"]}
        for panel in page["panels"]:
            ids.append(panel["id"])
            if panel["type"] == "row":
                row = panel["title"]
                continue
            where = f"{file}: {row}: {panel['title']}"
            titles.append(where)
            self.must(panel["type"] in KINDS, f"{where}: type {panel['type']}")
            self.must(panel["title"] and panel["description"], f"{where}: no title or no description")
            self.must(panel["fieldConfig"]["defaults"].get("unit"), f"{where}: no unit")
            self.must(panel["targets"], f"{where}: no query")
            for target in panel["targets"]:
                self.must(target["legendFormat"], f"{where}: no legend")
                self.must(target["datasource"]["uid"] in sources, f"{where}: data source {target['datasource']['uid']}")
                for name in re.findall(r"\$\{?(\w+)", target["expr"]):
                    self.must(name in variables, f"{where}: no variable {name}")
                used |= self.known(target["expr"], where)
        self.must(len(set(ids)) == len(ids), f"{file}: an id twice")
        self.must(len(set(titles)) == len(titles), f"{file}: a title twice: {titles}")
        return used

    def queries(self) -> dict:
        rules = []
        for file, page in self.pages():
            for panel in page["panels"]:
                for target in panel.get("targets", []):
                    expression = re.sub(r"\$\{?\w+\}?", "x", target["expr"])
                    labels = {"panel": f"{file} {panel['id']} {target['refId']}"}
                    rules.append({"record": "panel:query", "expr": expression, "labels": labels})
        return {"groups": [{"name": "panels", "rules": rules}]}


def main() -> int:
    what, folder, sources = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    checker = Checker(folder, sources)
    if what == "queries":
        json.dump(checker.queries(), sys.stdout)
        return 0
    {"rules": checker.check_rules, "dashboards": checker.check_dashboards}[what]()
    print("\n".join(checker.mistakes), file=sys.stderr)
    return 1 if checker.mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

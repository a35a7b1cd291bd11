#!/usr/bin/env python3
"""Writes Grafana's dashboards into grafana/dashboards; the pages themselves are in grafana/pages.

    grafana/dashboards.py            writes them
    grafana/dashboards.py --check    writes nothing, and fails when one is not what it would write
"""
import json
import pathlib
import sys

from pages import gateway, overview, postgresql, registry, runtime, service

FOLDER = pathlib.Path(__file__).resolve().parent / "dashboards"
PAGES = (overview, service, gateway, registry, postgresql, runtime)


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print(__doc__, file=sys.stderr)
        return 2
    wanted = {f"{page.PAGE['uid']}.json": json.dumps(page.PAGE, indent=2, ensure_ascii=False) + "\n" for page in PAGES}
    present = {path.name: path for path in FOLDER.glob("*.json")}
    differing = [name for name, text in wanted.items() if name not in present or present[name].read_text() != text]
    differing += sorted(present.keys() - wanted.keys())
    if not check:
        FOLDER.mkdir(exist_ok=True)
        for name, text in wanted.items():
            (FOLDER / name).write_text(text)
        for name in present.keys() - wanted.keys():
            present[name].unlink()
        return 0
    for name in differing:
        print(f"grafana/dashboards/{name} is not what grafana/dashboards.py writes: run it", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

"""The project's own figures in one run. Started by Benchmarks/run.sh."""

import argparse
import sys

from peers.harness import markdown
from peers.harness.processes import lock, supervised
from peers.harness.settings import BENCHMARKS, selected
from peers.service_peers import C_FLOOR

from . import aims, binaries, cost, database, registry, report, scrape, throughput
from .idle import idle
from .results_file import ResultsFile

# key: title, what measures it, what renders it, the products it needs
SCENARIOS = {
    "keepalive": (
        "Hello, 1 KiB of JSON, keep-alive",
        throughput.keep_alive,
        lambda rows: markdown.measurements(rows, C_FLOOR),
        ["hello"],
    ),
    "close": (
        "Hello, 1 KiB of JSON, one connection per request",
        throughput.close,
        lambda rows: markdown.measurements(rows, C_FLOOR),
        ["hello"],
    ),
    "echo": (
        f"Echo of 1 MiB, {throughput.ECHO_CONNECTIONS} connections",
        throughput.echo,
        lambda rows: markdown.measurements(rows, throughput.ECHO_FLOOR, bandwidth=True),
        ["hello"],
    ),
    "idle": ("Idle keep-alive connections", idle, report.idle, ["hello"]),
    "proxy": (
        "Bare reverse proxy, 1 KiB from an nginx backend",
        throughput.proxy,
        lambda rows: markdown.measurements(rows, throughput.PROXY_FLOOR),
        ["bare-proxy"],
    ),
    "telemetry": (
        "Hello with metrics, spans and access log",
        throughput.telemetry,
        lambda rows: markdown.measurements(rows, C_FLOOR),
        ["hello"],
    ),
    "database": ("A row of PostgreSQL by its key", database.database, report.database, ["notes"]),
    "scrape": ("A scrape of 10 000 series", scrape.scrape, report.scrape, ["metrics-figures"]),
    "registry": (
        "The registry at its sizes",
        registry.registry,
        report.registry,
        ["registry-figures", "vigie"],
    ),
    "syscalls": ("System calls of a keep-alive request", cost.syscalls, report.syscalls, ["hello"]),
    "allocations": (
        "Heap allocations of a keep-alive request",
        cost.allocations,
        report.allocations,
        ["hello"],
    ),
}


def render(results: dict) -> str:
    """The report: machine, aims, a table for each scenario that has rows."""
    sections = []
    for key, rows in results.items():
        title, _, table, _ = SCENARIOS[key]
        if rows:
            sections.append(f"### {title}\n\n{table(rows)}")
    summary = aims.table(results)
    if summary:
        sections.insert(0, f"### Aims\n\n{summary}")
    return "\n\n".join([report.machine(), *sections])


def without_ours(results: dict) -> list[str]:
    """Scenarios that were measured, yet not with our server: it did not start or answered wrongly."""
    names = {binaries.HELLO, binaries.PROXY, binaries.NOTES}
    return [
        key for key, rows in results.items() if rows and key not in ("registry", "scrape") and not names & rows.keys()
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run.sh",
        description="Measures our servers beside floors and peers; prints Markdown tables on stdout.",
        epilog=f"SCENARIOS picks some of: {','.join(SCENARIOS)}. Other variables: Benchmarks/peers/README.md.",
    )
    parser.add_argument(
        "--write", action="store_true", help="also put the tables into Benchmarks/RESULTS.md"
    )
    return parser.parse_args()


def main() -> None:
    options = arguments()
    keys = selected("SCENARIOS", list(SCENARIOS))
    if options.write and set(keys) != set(SCENARIOS):
        sys.exit("--write replaces all tables: run it without SCENARIOS")
    file = ResultsFile.open(BENCHMARKS / "RESULTS.md") if options.write else None
    binaries.require(sorted({product for key in keys for product in SCENARIOS[key][3]}, reverse=True))
    with supervised(), lock():
        results = {key: SCENARIOS[key][1]() for key in keys}
    text = render(results)
    print(text)
    if failed := without_ours(results):
        sys.exit(f"our server is missing in: {', '.join(failed)}; see above. RESULTS.md is as it was.")
    if file:
        file.replace(text)


if __name__ == "__main__":
    main()

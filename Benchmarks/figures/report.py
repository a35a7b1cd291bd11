"""The tables of all scenarios as Markdown."""

import os
import subprocess
from datetime import datetime, timezone

from peers.harness import markdown, procfs
from peers.harness.settings import CHECKOUT, SETTINGS

from .cost import Allocations
from .database import Database
from .idle import IdleRow

SHOWN_FROM = 0.005  # calls for each request; what is rarer is summed up


def output_of(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=30)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def machine() -> str:
    """CPU, cores, kernel, compiler, date and commit."""
    cpuinfo = procfs.read("/proc/cpuinfo").splitlines()
    models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    kernel = procfs.read("/proc/sys/kernel/osrelease").strip()
    swift = (output_of("swift", "--version").splitlines() or ["no Swift compiler"])[0]
    commit = output_of("git", "describe", "--always", "--dirty")
    parts = [models[0] if models else "unknown CPU", f"{os.cpu_count()} cores", f"Linux {kernel}", swift]
    parts.append(datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"))
    parts += [f"commit {commit}"] if commit else []
    return f"Machine: {' · '.join(parts)}\n\n{SETTINGS.describe()}"


def idle(rows: dict[str, IdleRow]) -> str:
    header = ["server", "connections", "RSS before, MiB", "RSS with them, MiB", "KiB per connection"]
    header.append("closed early")
    lines = [
        [
            name,
            f"{row.answered} of {row.wanted}",
            f"{row.before_kib / 1024:.1f}",
            f"{row.with_connections_kib / 1024:.1f}",
            f"**{row.kib_per_connection:.2f}**",
            str(row.closed),
        ]
        for name, row in sorted(rows.items(), key=lambda item: item[1].kib_per_connection)
    ]
    note = "Resident memory of the process tree; the kernel's socket buffers are not in it."
    return f"{markdown.table(header, lines)}\n\n{note}"


def database(rows: dict[str, Database]) -> str:
    header = ["client", "rows/s (min–max)", "p50 ms", "p99 ms", "RSS MiB", "start to ready ms", "errors"]
    lines = [
        [
            name,
            f"**{row.rate:.0f}** ({min(row.rates):.0f}–{max(row.rates):.0f})",
            f"{row.p50_ms:.2f}" if row.p50_ms else "–",
            f"{row.p99_ms:.2f}" if row.p99_ms else "–",
            f"{row.resident_mib:.1f}" if row.resident_mib else "–",
            f"{row.startup_ms:.0f}" if row.startup_ms else "–",
            str(row.errors),
        ]
        for name, row in rows.items()
    ]
    note = (
        "The same SELECT by primary key, the same number of clients; PostgreSQL, clients and service share the "
        "machine's processors. pgbench is `pgbench -M prepared -f`, notes is `GET /notes/{id}` with a token, full "
        "telemetry and JSON, under wrk. RSS is after the load."
    )
    return f"{markdown.table(header, lines)}\n\n{note}"


def scrape(rows: dict[str, float]) -> str:
    lines = [[name, f"{milliseconds:.1f}"] for name, milliseconds in rows.items()]
    return markdown.table(["what", "ms"], lines)


def registry(rows: dict[int, dict[str, float]]) -> str:
    figures = list(dict.fromkeys(figure for row in rows.values() for figure in row))
    header = ["figure", *(f"{size} instances" for size in rows)]
    lines = [[figure, *(f"{row[figure]:.1f}" if figure in row else "–" for row in rows.values())] for figure in figures]
    note = (
        "Instances of 500 services with tags, metadata and a check each; the log on the disk, fdatasync before each answer, "
        "256 registrations on their way at once. Registry and load share the machine's processors. HTTP checks go to an "
        "address each; their target runs in the load program. Processor shares are of one processor."
    )
    return f"{markdown.table(header, lines)}\n\n{note}"


def syscalls(rows: dict[str, dict[str, float]]) -> str:
    shown = {name for row in rows.values() for name, calls in row.items() if calls >= SHOWN_FROM}
    by_weight = sorted(shown, key=lambda name: -max(row.get(name, 0) for row in rows.values()))
    header = ["calls per request", *rows]
    lines = [[f"`{name}`", *(cell(row.get(name, 0)) for row in rows.values())] for name in by_weight]
    rare = [sum(calls for name, calls in row.items() if name not in shown) for row in rows.values()]
    lines.append(["the rest", *map(cell, rare)])
    lines.append(["**all**", *(f"**{sum(row.values()):.2f}**" for row in rows.values())])
    note = (
        f"By `strace -f -c` at {SETTINGS.connections} connections. Tracing slows the server, "
        "so that one `epoll_wait` brings more events than it does untraced."
    )
    return f"{markdown.table(header, lines)}\n\n{note}"


def cell(calls: float) -> str:
    return f"{calls:.2f}" if calls >= SHOWN_FROM else "–" if calls == 0 else "<0.01"


def allocations(rows: dict[str, Allocations]) -> str:
    header = ["server", "allocations per request", "malloc", "calloc", "realloc", "aligned", "free"]
    header.append("bytes asked for")
    lines = [
        [
            name,
            f"**{row.total:.2f}**",
            *(f"{value:.2f}" for value in (row.mallocs, row.callocs, row.reallocs, row.aligned, row.frees)),
            f"{row.bytes:.0f}",
        ]
        for name, row in sorted(rows.items(), key=lambda item: item[1].total)
    ]
    return markdown.table(header, lines)

"""Markdown tables."""

from .measure import Measurement

BUSY_MARK = " *"
BUSY_NOTE = "\\* other processes used the machine during a run that was kept."


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def span(measurement: Measurement, name: str, digits: int, bold: bool = False) -> str:
    """median (min–max)"""
    values = measurement.values(name)
    middle = f"{measurement.median(name):.{digits}f}"
    return f"{f'**{middle}**' if bold else middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def measurements(
    rows: dict[str, Measurement], floor: str | None = None, bandwidth: bool = False
) -> str:
    """A row for each server, cheapest first; with `floor`, the ratio to that row, round by round."""
    base = rows.get(floor)
    header = ["server", "CPU µs/req (min–max)"]
    header += ["× floor"] if base else []
    header += ["req/s (min–max)"] + (["MB/s"] if bandwidth else [])
    header += ["p50 ms", "p99 ms", "server CPU", "RSS MiB", "errors"]
    lines = []
    for name, row in sorted(rows.items(), key=lambda item: item[1].cpu_us):
        cells = [name + ("" if row.is_quiet else BUSY_MARK), span(row, "cpu_us", 1, bold=True)]
        cells += [f"{row.times(base):.2f}"] if base else []
        cells += [span(row, "rate", 0)]
        cells += [f"{row.median('megabytes_per_second'):.0f}"] if bandwidth else []
        cells += [f"{row.median('p50_ms'):.2f}", f"{row.median('p99_ms'):.2f}"]
        cells += [f"{row.median('server_cores') * 100:.0f} %", f"{row.resident_mib:.1f}", str(row.errors)]
        lines.append(cells)
    text = table(header, lines)
    return text if all(row.is_quiet for row in rows.values()) else f"{text}\n\n{BUSY_NOTE}"

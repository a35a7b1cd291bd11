"""What the figures are meant to be, beside what they are."""

from dataclasses import dataclass

from peers.harness import markdown
from peers.harness.measure import Measurement
from peers.service_peers import C_FLOOR

from .binaries import HELLO, HELLO_FULL, NOTES, PROXY
from .cost import Allocations
from .database import PGBENCH, Database
from .idle import IdleRow
from .registry import AIMS
from .throughput import PROXY_FLOOR, Rows

NGINX_HELLO = "nginx return 200"
NGINX_PROXY = "nginx"
EPOLL_WAITS = ("epoll_wait", "epoll_pwait", "epoll_pwait2")
ROUNDING = 0.02  # connection set-up and wake-ups, spread over the requests of a short run


@dataclass(frozen=True)
class Verdict:
    figure: str
    ours: str
    reference: str
    aim: str
    met: bool


def busy_mark(*rows: Measurement) -> str:
    return "" if all(row.is_quiet for row in rows) else markdown.BUSY_MARK


def ratio(figure: str, rows: Rows, ours: str, floor: str, limit: float):
    if ours in rows and floor in rows:
        value = rows[ours].times(rows[floor])
        cost = f"{rows[ours].cpu_us:.1f} µs"
        reference = f"floor {rows[floor].cpu_us:.1f} µs"
        met = value <= limit and rows[ours].errors == 0
        mark = busy_mark(rows[ours], rows[floor])
        yield Verdict(figure + mark, f"{cost}, {value:.2f} × floor", reference, f"≤ {limit} × floor", met)


def telemetry(rows: Rows):
    yield from ratio("hello, full telemetry", rows, HELLO_FULL, C_FLOOR, 1.8)
    if HELLO in rows and HELLO_FULL in rows:
        cost = rows[HELLO_FULL].cpu_us - rows[HELLO].cpu_us
        mark = busy_mark(rows[HELLO], rows[HELLO_FULL])
        reference = f"bare {rows[HELLO].cpu_us:.1f} µs"
        yield Verdict("telemetry of a request" + mark, f"+{cost:.1f} µs", reference, "≤ +3 µs", cost <= 3)


def database(rows: dict[str, Database]):
    if NOTES in rows and PGBENCH in rows:
        ours, peer = rows[NOTES], rows[PGBENCH]
        value = ours.rate / peer.rate
        reference = f"pgbench {peer.rate:.0f}/s"
        yield Verdict("SELECT through HTTP", f"{ours.rate:.0f}/s, {value:.2f} ×", reference, "≥ 0.7 ×", value >= 0.7)
        memory = f"{ours.resident_mib:.1f} MiB"
        yield Verdict("memory of notes", memory, "–", "≤ 25 MiB", ours.resident_mib <= 25)
        start = f"{ours.startup_ms:.0f} ms"
        yield Verdict("start to ready", start, "–", "≤ 100 ms", ours.startup_ms <= 100)


def scrape(rows: dict[str, float]):
    for name, milliseconds in rows.items():
        yield Verdict(name, f"{milliseconds:.1f} ms", "–", "≤ 10 ms", milliseconds <= 10)


def p99(figure: str, rows: Rows, ours: str, peer: str):
    if ours in rows and peer in rows:
        mine, other = rows[ours].median("p99_ms"), rows[peer].median("p99_ms")
        mark = busy_mark(rows[ours], rows[peer])
        yield Verdict(figure + mark, f"{mine:.2f} ms", f"nginx {other:.2f} ms", "≤ nginx", mine <= other)


def idle(rows: dict[str, IdleRow]):
    if HELLO in rows:
        value = rows[HELLO].kib_per_connection
        peer = rows.get(NGINX_HELLO)
        reference = f"nginx {peer.kib_per_connection:.2f} KiB" if peer else "–"
        met = value <= 4 and rows[HELLO].is_complete
        yield Verdict("idle connection", f"{value:.2f} KiB", reference, "≤ 4 KiB", met)


def syscalls(rows: dict[str, dict[str, float]]):
    if HELLO in rows:
        waits = sum(rows[HELLO].get(name, 0) for name in EPOLL_WAITS)
        others = sum(rows[HELLO].values()) - waits
        floor = rows.get(C_FLOOR)
        reference = f"floor {sum(floor.values()):.2f} in all" if floor else "–"
        ours = f"{others:.2f} + {waits:.2f} epoll waits"
        aim = "2 + epoll amortised"
        yield Verdict("system calls per request", ours, reference, aim, others <= 2 + ROUNDING)


def allocations(rows: dict[str, Allocations]):
    if HELLO in rows:
        peer = rows.get(NGINX_HELLO)
        reference = f"nginx {peer.total:.2f}" if peer else "–"
        total = rows[HELLO].total
        yield Verdict("allocations per request", f"{total:.2f}", reference, "≤ 6", total <= 6 + ROUNDING)


def registry(rows: dict[int, dict[str, float]]):
    if rows:
        size = max(rows)
        for figure, (side, aim) in AIMS.items():
            value = rows[size].get(figure)
            met = value is not None and (value <= aim if side == "≤" else value >= aim)
            ours = "not measured" if value is None else f"{value:.1f}"
            yield Verdict(f"registry of {size}: {figure}", ours, "–", f"{side} {aim}", met)


def verdicts(results: dict) -> list[Verdict]:
    def rows(key):
        return results.get(key, {})

    return [
        *ratio("hello, keep-alive", rows("keepalive"), HELLO, C_FLOOR, 1.3),
        *ratio("hello, without keep-alive", rows("close"), HELLO, C_FLOOR, 1.2),
        *ratio("bare proxy, 1 KiB", rows("proxy"), PROXY, PROXY_FLOOR, 1.3),
        *idle(rows("idle")),
        *p99("p99 hello, keep-alive", rows("keepalive"), HELLO, NGINX_HELLO),
        *p99("p99 bare proxy", rows("proxy"), PROXY, NGINX_PROXY),
        *telemetry(rows("telemetry")),
        *database(rows("database")),
        *scrape(rows("scrape")),
        *registry(rows("registry")),
        *syscalls(rows("syscalls")),
        *allocations(rows("allocations")),
    ]


def table(results: dict) -> str:
    lines = [
        [one.figure, one.ours, one.reference, one.aim, "yes" if one.met else "**no**"]
        for one in verdicts(results)
    ]
    return markdown.table(["figure", "ours", "beside", "aim", "met"], lines) if lines else ""

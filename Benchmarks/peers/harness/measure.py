"""CPU time for each request: what the server's process tree used during a run of wrk, and the rest."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from . import procfs
from .load import Target, load
from .settings import SETTINGS


@dataclass(frozen=True)
class Sample:
    """One run."""

    cpu_us: float  # of the server, for each request
    backend_us: float
    rate: float  # requests/s
    p50_ms: float
    p99_ms: float
    megabytes_per_second: float  # that the client received
    server_cores: float
    other_cores: float  # used by processes that are no part of the run
    errors: int

    @property
    def is_quiet(self) -> bool:
        return self.other_cores <= SETTINGS.quiet_cores


def samples(runs: list[tuple], backend=None) -> list[Sample]:
    """One run of each target's load against its started server, all at the same time; `backend` is the process behind proxies."""
    wait_quiet()
    servers = [server.pid for server, _ in runs]
    before = counters(servers, backend)
    with ThreadPoolExecutor(len(runs)) as pool:
        loads = list(pool.map(lambda run: load(run[1], SETTINGS.duration), runs))
    wall, backend_cpu, load_cpu, busy, *cpu = (
        after - earlier for after, earlier in zip(counters(servers, backend), before)
    )
    requests = sum(done.requests for done in loads)
    return [
        Sample(
            cpu_us=server_cpu * 1e6 / done.requests,
            backend_us=backend_cpu * 1e6 / requests,
            rate=done.requests / done.seconds,
            p50_ms=done.p50_ms,
            p99_ms=done.p99_ms,
            megabytes_per_second=done.bytes / done.seconds / 1e6,
            server_cores=server_cpu / wall,
            other_cores=(busy - sum(cpu) - backend_cpu - load_cpu) / wall,
            errors=done.errors,
        )
        for done, server_cpu in zip(loads, cpu)
    ]


def counters(servers: list[int], backend) -> tuple[float, ...]:
    return (
        time.monotonic(),
        procfs.cpu_seconds(backend.pid) if backend else 0.0,
        procfs.ended_children_seconds(),
        procfs.machine_busy_seconds(),
        *map(procfs.cpu_seconds, servers),
    )


def wait_quiet(enough: float = 0.2, pause: float = 0.4) -> None:
    """Waits, within bounds, until other processes leave the machine alone."""
    deadline = time.monotonic() + SETTINGS.quiet_wait
    while time.monotonic() < deadline:
        before = procfs.machine_busy_seconds()
        time.sleep(pause)
        if (procfs.machine_busy_seconds() - before) / pause < enough:
            return


@dataclass
class Measurement:
    """The runs of one server in one scenario."""

    kept: list[Sample] = field(default_factory=list)
    thrown_away: int = 0
    resident_mib: float = 0

    def warm_up(self, target: Target) -> None:
        load(target, SETTINGS.warm_up)

    def run(self, server, target: Target, backend=None) -> None:
        run_together([(self, server, target)], backend)

    def values(self, name: str) -> list[float]:
        return [getattr(one, name) for one in self.kept]

    def median(self, name: str) -> float:
        return statistics.median(self.values(name))

    @property
    def cpu_us(self) -> float:
        return self.median("cpu_us")

    def times(self, floor: "Measurement") -> float:
        """How many times the floor's CPU time: the median over the rounds, each of which has one run of both, so that a
        slow minute of the machine, which falls on both, is not taken for a property of one."""
        rounds = zip(self.values("cpu_us"), floor.values("cpu_us"))
        return statistics.median(ours / theirs for ours, theirs in rounds)

    @property
    def errors(self) -> int:
        return sum(self.values("errors"))

    @property
    def is_quiet(self) -> bool:
        return all(one.is_quiet for one in self.kept)

    def summary(self) -> str:
        """One line for the progress report."""
        return (
            f"{self.cpu_us:8.1f} µs/req {self.median('rate'):8.0f} req/s  "
            f"server {self.median('server_cores'):.2f} others {max(self.values('other_cores')):.2f} "
            f"(rerun {self.thrown_away}) errors {self.errors} rss {self.resident_mib:.1f} MiB"
        )


def run_together(rows: list[tuple[Measurement, object, Target]], backend=None) -> None:
    """Adds one run to each row, all at the same time; repeats it when others were busy, as often as RETRY allows in all."""
    first = rows[0][0]
    while True:
        latest = samples([(server, target) for _, server, target in rows], backend)
        if latest[0].is_quiet or first.thrown_away >= SETTINGS.retries:
            break
        first.thrown_away += 1
    for (row, server, _), one in zip(rows, latest):
        row.kept.append(one)
        row.resident_mib = procfs.resident_kib(server.pid) / 1024


def measure(server, target: Target, backend=None) -> Measurement:
    """Warm-up and all runs of one server."""
    measurement = Measurement()
    measurement.warm_up(target)
    for _ in range(SETTINGS.runs):
        measurement.run(server, target, backend)
    return measurement

"""CPU time for each request: what the server's process tree used during a run of wrk, and the rest."""

import statistics
import time
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


def sample(server, target: Target, backend=None) -> Sample:
    """One run of the load against a started server; `backend` is the process behind a proxy."""
    wait_quiet()
    backend_pid = backend.pid if backend else None
    before = counters(server.pid, backend_pid)
    done = load(target, SETTINGS.duration)
    wall, server_cpu, backend_cpu, load_cpu, busy = (
        after - earlier for after, earlier in zip(counters(server.pid, backend_pid), before)
    )
    return Sample(
        cpu_us=server_cpu * 1e6 / done.requests,
        backend_us=backend_cpu * 1e6 / done.requests,
        rate=done.requests / done.seconds,
        p50_ms=done.p50_ms,
        p99_ms=done.p99_ms,
        megabytes_per_second=done.bytes / done.seconds / 1e6,
        server_cores=server_cpu / wall,
        other_cores=(busy - server_cpu - backend_cpu - load_cpu) / wall,
        errors=done.errors,
    )


def counters(server_pid: int, backend_pid: int | None) -> tuple[float, ...]:
    return (
        time.monotonic(),
        procfs.cpu_seconds(server_pid),
        procfs.cpu_seconds(backend_pid) if backend_pid else 0.0,
        procfs.ended_children_seconds(),
        procfs.machine_busy_seconds(),
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
        """Adds one run; repeats it when others were busy, as often as RETRY allows in all."""
        while True:
            latest = sample(server, target, backend)
            if latest.is_quiet or self.thrown_away >= SETTINGS.retries:
                break
            self.thrown_away += 1
        self.kept.append(latest)
        self.resident_mib = procfs.resident_kib(server.pid) / 1024

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


def measure(server, target: Target, backend=None) -> Measurement:
    """Warm-up and all runs of one server."""
    measurement = Measurement()
    measurement.warm_up(target)
    for _ in range(SETTINGS.runs):
        measurement.run(server, target, backend)
    return measurement

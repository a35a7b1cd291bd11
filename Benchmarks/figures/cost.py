"""What one keep-alive request costs beside CPU time: system calls and heap allocations."""

import shutil
import signal
import struct
import subprocess
from dataclasses import dataclass

from peers import service_peers
from peers.harness import builds, procfs
from peers.harness.load import wrk
from peers.harness.processes import as_measured, running as processes_running, stop, wait_until
from peers.harness.progress import say
from peers.harness.server import Server, running
from peers.harness.settings import SETTINGS

from . import binaries

WARM_UP_SECONDS = 1


def servers() -> list[Server]:
    found = [service_peers.c_floor(), service_peers.nginx_static(), binaries.hello()]
    return [server for server in found if server]


# System calls


def syscalls() -> dict[str, dict[str, float]]:
    """By server: calls for each request, by name."""
    if not shutil.which("strace"):
        say("strace is not installed, the system calls are left out")
        return {}
    rows = {}
    for server in servers():
        with running(server) as process:
            counts = process and traced_counts(server, process)
            if counts:
                rows[server.name] = counts
                say(f"syscalls   {server.name:22} {sum(counts.values()):.2f} for each request")
    return rows


def traced_counts(server: Server, process) -> dict[str, float] | None:
    """Attaches strace to the whole tree during one run of wrk."""
    output = SETTINGS.work / "strace.txt"
    pids = procfs.tree(process.pid)
    command = ["strace", "-f", "-c", "-U", "calls,name", "-o", output]
    for pid in pids:
        command += ["-p", str(pid)]
    wrk(server.target(), WARM_UP_SECONDS)
    tracer = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=as_measured(SETTINGS.server_cpu),
    )
    processes_running.append(tracer)
    try:
        attached = wait_until(
            lambda: tracer.poll() is not None or all(map(procfs.is_traced, pids)), limit=10
        )
        if not attached or tracer.poll() is not None:
            say(f"{server.name}: strace could not attach, left out")
            return None
        load = wrk(server.target(), SETTINGS.duration)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=10)
    finally:
        stop(tracer)
    return {name: calls / load.requests for name, calls in read_summary(output.read_text())}


def read_summary(text: str):
    """The lines `calls name` between the two rules of dashes of `strace -c -U calls,name`."""
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdigit() and words[1] != "total":
            yield words[1], int(words[0])


# Allocations


@dataclass(frozen=True)
class Allocations:
    """Heap calls for each request; the fields stand as in malloc_count.c."""

    mallocs: float
    callocs: float
    reallocs: float
    aligned: float
    frees: float
    bytes: float

    LAYOUT = struct.Struct("=6Q")

    @property
    def total(self) -> float:
        return self.mallocs + self.callocs + self.reallocs + self.aligned

    @classmethod
    def difference(cls, before: bytes, after: bytes, requests: int) -> "Allocations":
        pairs = zip(cls.LAYOUT.unpack(before), cls.LAYOUT.unpack(after))
        return cls(*((late - early) / requests for early, late in pairs))


def allocations() -> dict[str, Allocations]:
    """By server, counted by a library that is loaded in front of libc."""
    library = builds.malloc_counter()
    if not library:
        return {}
    rows = {}
    for server in servers():
        counts = SETTINGS.work / "malloc-counts"
        counts.unlink(missing_ok=True)
        environment = {"LD_PRELOAD": str(library), "MALLOC_COUNT_FILE": str(counts)}
        with running(server, environment) as process:
            if not process:
                continue
            wrk(server.target(), WARM_UP_SECONDS)
            before = counts.read_bytes()
            load = wrk(server.target(), SETTINGS.duration)
            row = Allocations.difference(before, counts.read_bytes(), load.requests)
        rows[server.name] = row
        say(f"allocation {server.name:22} {row.total:.2f} for each request")
    return rows

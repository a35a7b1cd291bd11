"""What a run is made of, read once from the environment."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2]
CHECKOUT = BENCHMARKS.parent
PEERS = BENCHMARKS / "peers"


@dataclass(frozen=True)
class Settings:
    """Every variable that all runs share. The README's table says what each is for."""

    duration: int  # DUR, seconds of one run
    runs: int  # RUNS
    warm_up: int  # WARM, seconds
    connections: int  # CONNS
    server_cpu: int  # CPU_PEER
    load_cpu: int  # CPU_LOAD
    niceness: int  # NICE
    quiet_cores: float  # QUIET, cores that other processes may use during a run
    retries: int  # RETRY, runs thrown away at most because others were busy
    quiet_wait: float  # QUIET_WAIT, seconds to wait for a quiet machine before a run
    work: Path  # BENCH_TMP
    lock: Path  # BENCH_LOCK
    peers_venv: Path  # PEERS_VENV
    servers_venv: Path  # SRV_VENV

    @classmethod
    def read(cls, environment=os.environ) -> "Settings":
        def number(key, default, kind=int, minimum=0):
            text = environment.get(key, str(default))
            try:
                value = kind(text)
            except ValueError:
                sys.exit(f"{key}={text}: not a number")
            if value < minimum:
                sys.exit(f"{key}={text}: must be at least {minimum}")
            return value

        def path(key, default):
            return Path(environment.get(key) or default).resolve()

        work = path("BENCH_TMP", CHECKOUT / ".build" / "bench")
        settings = cls(
            duration=number("DUR", 8, minimum=1),
            runs=number("RUNS", 3, minimum=1),
            warm_up=number("WARM", 2, minimum=1),
            connections=number("CONNS", 64, minimum=1),
            server_cpu=number("CPU_PEER", 0),
            load_cpu=number("CPU_LOAD", 1),
            niceness=number("NICE", -8 if os.geteuid() == 0 else 0, minimum=-20),
            quiet_cores=number("QUIET", 0.3, float),
            retries=number("RETRY", 2),
            quiet_wait=number("QUIET_WAIT", 5, float),
            work=work,
            lock=path("BENCH_LOCK", work / "lock"),
            peers_venv=path("PEERS_VENV", CHECKOUT / ".vigie" / "peers-venv"),
            servers_venv=path("SRV_VENV", CHECKOUT / ".vigie" / "servers-venv"),
        )
        missing = {settings.server_cpu, settings.load_cpu} - os.sched_getaffinity(0)
        if missing:
            cpus = ", ".join(map(str, sorted(missing)))
            sys.exit(f"CPU {cpus} is not there: set CPU_PEER and CPU_LOAD")
        return settings

    def describe(self) -> str:
        return (
            f"{self.duration} s × {self.runs} runs after {self.warm_up} s warm-up, "
            f"{self.connections} connections unless said otherwise; server on CPU {self.server_cpu}, "
            f"load and backend on CPU {self.load_cpu}; median (min–max)."
        )


SETTINGS = Settings.read()


def selected(key: str, names: list[str]) -> list[str]:
    """The names that a comma list in the environment picks; all of them without one."""
    text = os.environ.get(key, "")
    if not text:
        return list(names)
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in wanted if word not in names]
    if unknown:
        sys.exit(f"{key}: unknown {', '.join(unknown)}; one of {', '.join(names)}")
    return wanted

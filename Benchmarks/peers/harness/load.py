"""The load: wrk, one thread on the load's CPU."""

import json
import subprocess
from dataclasses import dataclass

from .processes import as_measured
from .settings import PEERS, SETTINGS


@dataclass(frozen=True)
class Target:
    """What wrk asks for."""

    port: int
    path: str = "/1k"
    headers: tuple[str, ...] = ()
    script: str = "report.lua"  # in conf/
    connections: int | None = None
    expect_rejection: bool = False  # an answer other than 2xx is the right one


@dataclass(frozen=True)
class Load:
    """What wrk counted."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    errors: int


def wrk(target: Target, seconds: int) -> Load:
    command = ["wrk", "-t1", f"-c{target.connections or SETTINGS.connections}", f"-d{seconds}s"]
    command += ["--timeout", "5s", "-s", target.script]
    for header in target.headers:
        command += ["-H", header]
    command.append(f"http://127.0.0.1:{target.port}{target.path}")
    done = subprocess.run(
        command,
        cwd=PEERS / "conf",
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        preexec_fn=as_measured(SETTINGS.load_cpu),
    )
    for line in done.stdout.splitlines():
        if line.startswith("JSON "):
            return read(json.loads(line[5:]), target.expect_rejection)
    raise RuntimeError(f"wrk: {(done.stdout + done.stderr).strip()}")


def read(report: dict, expect_rejection: bool) -> Load:
    requests, rejected = report["requests"], report["rejected"]
    wrong = requests - rejected if expect_rejection else rejected
    if requests == 0:
        raise RuntimeError("wrk: no request was answered")
    return Load(
        requests=requests,
        seconds=report["micros"] / 1e6,
        bytes=report["bytes"],
        p50_ms=report["p50"] / 1000,
        p99_ms=report["p99"] / 1000,
        errors=report["broken"] + wrong,
    )

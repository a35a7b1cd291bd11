"""The load, from one thread on its own CPU: wrk, as fast as answers come, or h2load at a rate."""

import json
import subprocess
import tempfile
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
    arguments: tuple[str, ...] = ()  # of the script
    connections: int | None = None
    expect_rejection: bool = False  # an answer other than 2xx is the right one
    rate: int | None = None  # requests a second; None: the next one when the last one is answered


@dataclass(frozen=True)
class Load:
    """What wrk counted."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    errors: int


def load(target: Target, seconds: int) -> Load:
    return steady(target, seconds) if target.rate else wrk(target, seconds)


def steady(target: Target, seconds: int) -> Load:
    """h2load over HTTP/1.1, at a rate that is the same for each server as long as it keeps up: a client that still waits sends
    later, and times count from the sending."""
    clients = target.connections or SETTINGS.connections
    with tempfile.NamedTemporaryFile("r", dir=SETTINGS.work) as log:
        command = ["h2load", "--h1", "-t1", f"-c{clients}", f"--rps={target.rate / clients}", f"-D{seconds}"]
        command.append(f"--log-file={log.name}")
        for header in target.headers:
            command += ["-H", header]
        command.append(f"http://127.0.0.1:{target.port}{target.path}")
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            preexec_fn=as_measured(SETTINGS.load_cpu),
        )
        # Of each answer: when its request began, its status, how long it took in µs.
        answers = [line.split("\t") for line in log]
    if not answers:
        raise RuntimeError(f"h2load: no request was answered: {(done.stdout + done.stderr).strip()}")
    times = sorted(int(answer[2]) for answer in answers)
    right = sum((answer[1][0] == "2") != target.expect_rejection for answer in answers)
    return Load(
        requests=len(times),
        seconds=seconds,
        bytes=0,
        p50_ms=times[len(times) // 2] / 1000,
        p99_ms=times[len(times) * 99 // 100] / 1000,
        errors=len(times) - right,
    )


def wrk(target: Target, seconds: int) -> Load:
    command = ["wrk", "-t1", f"-c{target.connections or SETTINGS.connections}", f"-d{seconds}s"]
    command += ["--timeout", "5s", "-s", target.script]
    for header in target.headers:
        command += ["-H", header]
    command += [f"http://127.0.0.1:{target.port}{target.path}", "--", *target.arguments]
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

"""Starting and ending what is measured. Nothing started here outlives the run."""

import contextlib
import ctypes
import fcntl
import os
import resource
import shlex
import signal
import subprocess
import sys
import time

from . import procfs
from .progress import say
from .settings import SETTINGS

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)
running: list[subprocess.Popen] = []


def as_measured(cpu: int | None):
    """Returns what a child does before exec: pin itself (not with None), take its priority, end with this process."""

    def prepare():
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, SETTINGS.niceness)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return prepare


def log_path(name: str):
    safe = "".join(c if c.isalnum() or c in "+-." else "-" for c in name)
    return SETTINGS.work / "logs" / f"{safe}.log"


def start(command, cpu: int | None, environment=None, log="peer", keep_stdout=True) -> subprocess.Popen:
    """Starts a server in the foreground on one CPU, or on all with None. `keep_stdout=False` sends request logs to /dev/null."""
    words = shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
    path = log_path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as output:
        process = subprocess.Popen(
            words,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output if keep_stdout else subprocess.DEVNULL,
            stderr=output,
            start_new_session=True,
            preexec_fn=as_measured(cpu),
        )
    running.append(process)
    return process


def stop(process: subprocess.Popen, patience: float = 3) -> None:
    """SIGTERM, then SIGKILL to the whole tree."""
    if process.poll() is None:
        tree = procfs.tree(process.pid)
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            for pid in reversed(tree):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
    if process in running:
        running.remove(process)


def last_words(name: str, lines: int = 3) -> str:
    """The end of a log, for a message about a server that did not start."""
    text = procfs.read(str(log_path(name))).strip().splitlines()
    return " | ".join(text[-lines:]) or f"nothing in {log_path(name)}"


@contextlib.contextmanager
def supervised():
    """The frame of a main program: whatever ends it, ends what it started."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    SETTINGS.work.mkdir(parents=True, exist_ok=True)
    (SETTINGS.work / "tmp").mkdir(exist_ok=True)
    try:
        yield
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
    finally:
        for process in list(running):
            stop(process)


@contextlib.contextmanager
def lock():
    """One measurement at a time, also between two runs of this harness."""
    SETTINGS.lock.parent.mkdir(parents=True, exist_ok=True)
    with open(SETTINGS.lock, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run to release {SETTINGS.lock}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def raise_open_files(wanted: int) -> int:
    """Raises the limit on open files for this process and its children; returns what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for new in ((max(wanted, soft), max(wanted, hard)), (min(max(wanted, soft), hard), hard)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, new)
            return new[0]
        except (ValueError, PermissionError):
            continue
    return soft


def wait_until(condition, limit: float, pause: float = 0.002) -> bool:
    """Polls until the condition holds; False when it did not within `limit` seconds."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True

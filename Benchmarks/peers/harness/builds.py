"""Compiles the floors and the peers that come as source, when they are missing or older than it."""

import os
import shutil
import subprocess
from pathlib import Path

from .progress import say
from .settings import BENCHMARKS, PEERS, SETTINGS

BIN = SETTINGS.work / "bin"
FLOOR = PEERS / "floor"
GO = PEERS / "servers" / "go"
GO_LIBRARIES = Path("/usr/share/gocode")  # where Debian's golang-*-dev packages put their source


def is_fresh(binary: Path, sources: list[Path]) -> bool:
    if not binary.exists():
        return False
    return all(source.stat().st_mtime <= binary.stat().st_mtime for source in sources)


def compiled(name: str, command: list, sources: list[Path], **options) -> Path | None:
    """The binary, built by the command and `-o`; None, with a line on stderr, when that does not work."""
    binary = BIN / name
    if is_fresh(binary, sources):
        return binary
    if not shutil.which(command[0]):
        say(f"{name}: {command[0]} is not installed, left out")
        return None
    BIN.mkdir(parents=True, exist_ok=True)
    say(f"building {name}")
    words = [*map(str, command[:-1]), "-o", str(binary), str(command[-1])]
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode == 0:
        return binary
    say(f"{name}: {done.stderr.strip()}\n{name}: did not compile, left out")
    return None


def c_floor(name: str) -> Path | None:
    source = FLOOR / f"{name}.c"
    return compiled(name, ["gcc", "-O2", source], [source])


def swift_floor() -> Path | None:
    source, shim = FLOOR / "epoll_server.swift", FLOOR / "shim"
    command = ["swiftc", "-O", "-I", shim, source]
    return compiled("epoll_server_swift", command, [source, *shim.iterdir()])


def go_server(full: bool = False) -> Path | None:
    """With `full`, the one that observes requests; it needs Debian's Prometheus and OpenTelemetry packages."""
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GO_LIBRARIES),
        "GOCACHE": str(SETTINGS.work / "go-cache"),
        "GOFLAGS": "",
    }
    name, tags = ("go_server_full", ["-tags", "full"]) if full else ("go_server", [])
    command = ["go", "build", *tags, "."]
    return compiled(name, command, list(GO.glob("*.go")), cwd=GO, env=environment)


def malloc_counter() -> Path | None:
    source = BENCHMARKS / "tools" / "malloc_count.c"
    return compiled("malloc_count.so", ["gcc", "-O2", "-shared", "-fPIC", source], [source])

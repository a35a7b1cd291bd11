"""The servers to compare with. Each function gives a server, or None when its tools are missing."""

import shutil

from peers.harness import builds, templates
from peers.harness.ports import free_port
from peers.harness.progress import say
from peers.harness.server import Server
from peers.harness.settings import PEERS, SETTINGS

C_FLOOR = "C epoll (floor)"
SWIFT_FLOOR = "Swift epoll (floor)"
SCRIPTS = PEERS / "servers"


def installed(command: str, row: str) -> bool:
    if shutil.which(command):
        return True
    say(f"{row}: {command} is not installed, left out")
    return False


def c_floor(name: str = C_FLOOR, program: str = "epoll_server", path: str = "/1k") -> Server | None:
    binary, port = builds.c_floor(program), free_port()
    return Server(name, [binary, str(port)], port, path) if binary else None


def swift_floor(name: str = SWIFT_FLOOR) -> Server | None:
    binary, port = builds.swift_floor(), free_port()
    return Server(name, [binary, str(port)], port) if binary else None


def nginx_static(name: str = "nginx return 200") -> Server | None:
    if not installed("nginx", name):
        return None
    port = free_port()
    command = templates.nginx(
        "static", ["nginx-static"], connections=20000, PORT=port, BODY1K=templates.BODY_1K
    )
    return Server(name, command, port)


def go(mode: str = "none", name: str = "Go net/http") -> Server | None:
    binary, port = builds.go_server(full=mode == "full"), free_port()
    environment = {"PORT": str(port), "MODE": mode, "GOMAXPROCS": "1"}
    return Server(name, [binary], port, environment=environment) if binary else None


def node(mode: str = "none", name: str = "node http") -> Server | None:
    if not installed("node", name):
        return None
    port = free_port()
    environment = {"PORT": str(port), "MODE": mode}
    return Server(name, ["node", SCRIPTS / "hello.mjs"], port, environment=environment)


def fastapi(mode: str = "none", name: str = "uvicorn + FastAPI") -> Server | None:
    uvicorn = SETTINGS.servers_venv / "bin" / "uvicorn"
    if not uvicorn.exists():
        say(f"{name}: {uvicorn} is missing, left out")
        return None
    port = free_port()
    command = [uvicorn, "fastapi_hello:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--workers", "1"]
    if mode == "full":
        command += ["--log-level", "info"]
    else:
        command += ["--log-level", "warning", "--no-access-log"]
    environment = {"MODE": mode, "PYTHONPATH": str(SCRIPTS), "PYTHONDONTWRITEBYTECODE": "1"}
    return Server(name, command, port, "/hello", environment)

"""The scenarios under full load: hello with and without keep-alive, echo of 1 MiB, bare proxy."""

import contextlib
import sys

from peers import gateway_peers, service_peers
from peers.gateway_peers import Gateway
from peers.harness import probe, templates
from peers.harness.measure import Measurement
from peers.harness.ports import free_port
from peers.harness.processes import last_words, start, stop
from peers.harness.progress import say
from peers.harness.server import Server, running
from peers.harness.settings import SETTINGS

from . import binaries

ECHO_BYTES = 1 << 20
ECHO_CONNECTIONS = 8
ECHO_FLOOR = "C epoll echo (floor)"
PROXY_FLOOR = "C epoll proxy (floor)"

Rows = dict[str, Measurement]


def hello_servers() -> list[Server]:
    found = [
        binaries.hello(),
        service_peers.c_floor(),
        service_peers.swift_floor(),
        service_peers.nginx_static(),
        service_peers.go(),
        service_peers.node(),
    ]
    return [server for server in found if server]


def keep_alive() -> Rows:
    return measure_in_turns(hello_servers(), "keep-alive")


def close() -> Rows:
    return measure_in_turns(hello_servers(), "close", headers=("Connection: close",))


def telemetry() -> Rows:
    """What it costs to tell of each request, beside a server that tells as much."""
    found = [
        binaries.hello(),
        binaries.hello_full(),
        service_peers.c_floor(),
        service_peers.go("none", "Go net/http"),
        service_peers.go("full", "Go net/http, full telemetry"),
    ]
    return measure_in_turns([server for server in found if server], "telemetry")


def echo() -> Rows:
    floor = service_peers.c_floor(ECHO_FLOOR, "epoll_echo", "/echo")
    servers = [floor, service_peers.go(), service_peers.node(), binaries.hello()]
    return measure_in_turns(
        [server for server in servers if server],
        "echo",
        ready=lambda server: probe.echoes(server.port, "/echo", ECHO_BYTES),
        path="/echo",
        script="echo.lua",
        connections=ECHO_CONNECTIONS,
    )


def proxy() -> Rows:
    port = free_port()
    backend = start(templates.backend(port), SETTINGS.load_cpu, log="backend")
    try:
        if not probe.wait_up(backend, port):
            sys.exit(f"the backend did not start: {last_words('backend')}")
        return measure_in_turns(proxy_servers(port), "proxy", backend)
    finally:
        stop(backend)


def proxy_servers(backend_port: int) -> list[Server]:
    port, program = free_port(), service_peers.builds.c_floor("epoll_proxy")
    floor = [Server(PROXY_FLOOR, [program, port, backend_port], port)] if program else []
    gateways = [
        gateway_peers.haproxy(backend_port, "haproxy-bare", jwt=False),
        gateway_peers.nginx(backend_port, "nginx-bare", bare=True),
        gateway_peers.envoy(backend_port, "envoy-bare", jwt=False),
    ]
    installed = [as_server(gateway) for gateway in gateways if gateway.is_installed()]
    return [binaries.bare_proxy(backend_port), *floor, *installed]


def as_server(gateway: Gateway) -> Server:
    name = gateway.name.removesuffix("-bare")
    return Server(name, gateway.command, gateway.port, environment=gateway.environment)


def measure_in_turns(servers, label, backend=None, ready=None, **target_options) -> Rows:
    """Starts all servers and gives each one run in turn, so that a slow minute hits all rows alike."""
    rows: Rows = {}
    with contextlib.ExitStack() as stack:
        started = [(server, stack.enter_context(running(server, check=ready))) for server in servers]
        chosen = [
            (server, process, server.target(**target_options)) for server, process in started if process
        ]
        for server, process, target in chosen:
            rows[server.name] = Measurement()
            rows[server.name].warm_up(target)
        for _ in range(SETTINGS.runs):
            for server, process, target in chosen:
                rows[server.name].run(process, target, backend)
    for name, row in rows.items():
        say(f"{label:10} {name:22} {row.summary()}")
    return rows

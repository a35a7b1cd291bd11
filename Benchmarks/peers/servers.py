"""Service servers on one core, ours by EXTRA_SERVERS. Started by run-servers.sh; see README.md."""

import json
import os
import sys
from dataclasses import dataclass

from peers import service_peers
from peers.harness import markdown, probe, procfs, saved
from peers.harness.measure import Measurement, measure
from peers.harness.ports import reserve
from peers.harness.processes import lock, supervised
from peers.harness.progress import say
from peers.harness.server import Server, running
from peers.harness.settings import SETTINGS


@dataclass
class Row:
    startup_ms: float
    idle_mib: float
    body_bytes: int
    keep: Measurement
    close: Measurement | None

    @classmethod
    def restored(cls, stored: dict) -> "Row":
        keep, close = (saved.measurement(stored[key]) for key in ("keep", "close"))
        return cls(**{**stored, "keep": keep, "close": close})


def extra_servers() -> list[Server]:
    """EXTRA_SERVERS: a JSON array of name, cmd, port and, optionally, path, env, headers, close."""
    try:
        return [
            Server(
                name=entry["name"],
                command=entry["cmd"],
                port=int(entry["port"]),
                path=entry.get("path", "/1k"),
                environment=entry.get("env", {}),
                headers=tuple(entry.get("headers", ())),
                closes_on_request=entry.get("close", True),
            )
            for entry in json.loads(os.environ.get("EXTRA_SERVERS") or "[]")
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"EXTRA_SERVERS: expected a JSON array of objects with name, cmd and port: {error!r}")


def all_servers() -> list[Server]:
    extra = extra_servers()
    reserve(*(server.port for server in extra))
    peers = [
        service_peers.c_floor(),
        service_peers.swift_floor(),
        # once more, so that the spread between two runs of the same thing is seen
        service_peers.swift_floor(f"{service_peers.SWIFT_FLOOR} again"),
        service_peers.c_floor(f"{service_peers.C_FLOOR} again"),
    ]
    for mode in ("none", "full"):
        peers.append(service_peers.go(mode, f"Go net/http, {mode}"))
        peers.append(service_peers.node(mode, f"node http, {mode}"))
        peers.append(service_peers.fastapi(mode, f"uvicorn + FastAPI, {mode}"))
    wanted = [word.strip() for word in os.environ.get("SERVERS", "").split(",") if word.strip()]
    found = [peer for peer in peers if peer] + extra
    return [one for one in found if not wanted or any(word in one.name for word in wanted)]


def measure_server(server: Server) -> Row | None:
    startup = probe.startup_ms(server.command, server.port, server.path, None, server.environment)
    with running(server) as process:
        if not process:
            return None
        row = Row(
            startup_ms=startup,
            idle_mib=procfs.resident_kib(process.pid) / 1024,
            body_bytes=len(probe.request(server.port, server.path)[1]),
            keep=measure(process, server.target()),
            close=None,
        )
        say(f"{server.name:28} keep   {row.keep.summary()}")
        if server.closes_on_request:
            row.close = measure(process, server.target(headers=("Connection: close",)))
            say(f"{server.name:28} close  {row.close.summary()}")
        return row


def report(rows: dict[str, Row]) -> str:
    floor = service_peers.C_FLOOR
    keep = {name: row.keep for name, row in rows.items()}
    close = {name: row.close for name, row in rows.items() if row.close}
    memory = [
        [name, f"{row.startup_ms:.0f}", f"{row.idle_mib:.1f}", f"{row.keep.resident_mib:.1f}", str(row.body_bytes)]
        for name, row in rows.items()
    ]
    header = ["server", "start to first 200, ms (median of 5)", "idle RSS MiB", "RSS after load MiB", "body bytes"]
    parts = [
        f"_{SETTINGS.describe()}_",
        f"### Keep-alive\n\n{markdown.measurements(keep, floor)}",
        f"### One connection per request\n\n{markdown.measurements(close, floor)}",
        f"### Start-up and memory\n\n{markdown.table(header, memory)}",
    ]
    return "\n\n".join(parts)


def main() -> None:
    rows = {name: Row.restored(stored) for name, stored in saved.load("servers").items()}
    with supervised():
        for server in all_servers():
            with lock():
                if row := measure_server(server):
                    rows[server.name] = row
                    saved.store("servers", rows)
        if not rows:
            sys.exit("no server was measured")
        print(report(rows))


if __name__ == "__main__":
    main()

"""Memory of idle connections: the server's growth by keep-alive connections that made one request each."""

import os
import resource
import select
import selectors
import socket
import sys
import time
from dataclasses import dataclass

from peers import service_peers
from peers.harness import procfs
from peers.harness.processes import raise_open_files
from peers.harness.progress import say
from peers.harness.server import Server, running

from . import binaries

OPEN_AT_ONCE = 200
REQUEST = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SETTLE_SECONDS = 2


@dataclass(frozen=True)
class IdleRow:
    wanted: int  # connections asked for
    before_kib: int
    with_connections_kib: int
    answered: int  # connections that got their answer
    closed: int  # of them, those that the server closed before the memory was read

    @property
    def kib_per_connection(self) -> float:
        return (self.with_connections_kib - self.before_kib) / max(self.answered, 1)

    @property
    def is_complete(self) -> bool:
        return self.answered == self.wanted and self.closed == 0


class Connection:
    """A socket on its way through one request."""

    def __init__(self, port: int):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))
        self.received = b""

    def is_answered(self) -> bool:
        """Takes what has arrived. Raises when the server closed or answered without a length."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed before the answer")
        self.received += chunk
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return False
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return len(body) >= int(value)
        raise ConnectionError("an answer without Content-Length")


def open_connections(port: int, path: str, count: int) -> list[socket.socket]:
    """Opens the connections, some at a time, and has each make one request."""
    request = REQUEST.replace(b"%s", path.encode())
    answered: list[socket.socket] = []
    opened = failed = 0
    deadline = time.monotonic() + 60
    with selectors.EpollSelector() as selector:
        while len(answered) + failed < count and time.monotonic() < deadline:
            while opened < count and opened - len(answered) - failed < OPEN_AT_ONCE:
                connection = Connection(port)
                selector.register(connection.socket, selectors.EVENT_WRITE, connection)
                opened += 1
            for key, events in selector.select(timeout=1):
                try:
                    if events & selectors.EVENT_WRITE:
                        key.fileobj.send(request)
                        selector.modify(key.fileobj, selectors.EVENT_READ, key.data)
                    elif key.data.is_answered():
                        selector.unregister(key.fileobj)
                        answered.append(key.fileobj)
                except OSError:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    failed += 1
        for key in list(selector.get_map().values()):  # too late
            key.fileobj.close()
    return answered


def closed_by_server(sockets: list[socket.socket]) -> int:
    """An idle connection has nothing to read unless it was closed."""
    poll = select.poll()
    for one in sockets:
        poll.register(one, select.POLLIN)
    return len(poll.poll(0))


def measure_idle(server: Server, process, count: int) -> IdleRow:
    before = procfs.resident_kib(process.pid)
    sockets = open_connections(server.port, server.path, count)
    try:
        time.sleep(SETTLE_SECONDS)
        after = procfs.resident_kib(process.pid)
        return IdleRow(count, before, after, len(sockets), closed_by_server(sockets))
    finally:
        for one in sockets:
            one.close()


def connection_count() -> int:
    """IDLE_CONNECTIONS, less where the limit on open files does not allow it."""
    text = os.environ.get("IDLE_CONNECTIONS", "10000")
    if not text.isdigit() or int(text) == 0:
        sys.exit(f"IDLE_CONNECTIONS={text}: expected a number above 0")
    wanted, spare = int(text), 1000
    allowed = raise_open_files(wanted + spare)
    if allowed < wanted + spare:
        say(f"open files are limited to {allowed}: {allowed - spare} idle connections")
        return max(allowed - spare, 1)
    return wanted


def idle() -> dict[str, IdleRow]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = connection_count()
    servers = [
        service_peers.c_floor(),
        service_peers.nginx_static(),
        service_peers.go(),
        binaries.hello(),
    ]
    rows = {}
    for server in filter(None, servers):
        with running(server) as process:
            if not process:
                continue
            row = rows[server.name] = measure_idle(server, process, count)
            say(
                f"idle       {server.name:22} {row.kib_per_connection:6.2f} KiB each, "
                f"{row.answered} of {row.wanted} answered, {row.closed} closed"
            )
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[0], resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return rows

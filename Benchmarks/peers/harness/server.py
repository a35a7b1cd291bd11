"""A server to be measured, and the frame in which it runs."""

import contextlib
import subprocess
from dataclasses import dataclass, field

from .load import Target
from .probe import wait_listening, wait_up
from .processes import last_words, start, stop
from .progress import say
from .settings import SETTINGS


@dataclass(frozen=True)
class Server:
    """`command` stays in the foreground, runs one thread of work and ends on SIGTERM."""

    name: str
    command: list | str
    port: int
    path: str = "/1k"
    environment: dict[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    closes_on_request: bool = True  # honours "Connection: close"

    def target(self, **options) -> Target:
        headers = self.headers + options.pop("headers", ())
        return Target(self.port, options.pop("path", self.path), headers, **options)


@contextlib.contextmanager
def running(server: Server, environment=None, check=None):
    """The started process once `check(server)` holds (default: it answers 200 on its path).

    None, with a line on stderr, when it does not.
    """
    process = start_server(server, environment, check)
    try:
        yield process
    finally:
        if process:
            stop(process)


def start_server(server: Server, environment, check) -> subprocess.Popen | None:
    process = start(
        server.command,
        SETTINGS.server_cpu,
        {**server.environment, **(environment or {})},
        log=server.name,
        keep_stdout=False,
    )
    if check is None:
        up = wait_up(process, server.port, server.path)
    else:
        up = wait_listening(process, server.port) and check(server)
    if up:
        return process
    stop(process)
    say(f"{server.name}: no right answer on port {server.port}, left out: {last_words(server.name)}")
    return None

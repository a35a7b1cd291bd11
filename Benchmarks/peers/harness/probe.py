"""Single requests: is a server up, does it answer rightly, how long does it take to start."""

import http.client
import os
import socket
import statistics
import time

from .processes import start, stop
from .settings import SETTINGS


def request(port, path, token=None, method="GET", body=None) -> tuple[int, bytes]:
    """Status and body; status 0 when there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def wait_up(process, port, path="/1k", token=None, limit=20.0) -> bool:
    """Waits for the first 200; False when none came or the process ended."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and process.poll() is None:
        if request(port, path, token)[0] == 200:
            return True
        time.sleep(0.002)
    return False


def wait_listening(process, port, limit=20.0) -> bool:
    """Waits until the port accepts connections; False when it did not or the process ended."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.002)
    return False


def echoes(port, path, byte_count) -> bool:
    """Whether a POST brings the same bytes back."""
    body = os.urandom(byte_count)
    return request(port, path, method="POST", body=body) == (200, body)


def startup_ms(command, port, path, token=None, environment=None, times=5) -> float:
    """Median time from start to the first 200; NaN when a start failed."""
    values = []
    for _ in range(times):
        begin = time.monotonic()
        process = start(command, SETTINGS.server_cpu, environment, "startup", keep_stdout=False)
        up = wait_up(process, port, path, token)
        values.append((time.monotonic() - begin) * 1000 if up else float("nan"))
        stop(process)
        if not up:
            return float("nan")
    return statistics.median(values)

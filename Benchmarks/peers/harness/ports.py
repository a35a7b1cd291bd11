"""Free ports below the range that the kernel takes for outgoing connections."""

import os
import socket
import sys
from pathlib import Path

FIRST = 19000
handed_out: set[int] = set()


def named_port(key: str) -> int:
    """A port that the user chose; 0 without one."""
    text = os.environ.get(key) or "0"
    if not text.isdigit() or int(text) > 65535:
        sys.exit(f"{key}={text}: expected a port")
    return int(text)


def reserve(*ports: int) -> None:
    """Keeps ports that the user has named from being handed out."""
    handed_out.update(ports)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on and that no earlier call returned."""
    text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    first_ephemeral = int(text.split()[0])
    start = FIRST if FIRST < first_ephemeral else 1024
    for port in range(start, 65536):
        if port not in handed_out and is_free(port):
            handed_out.add(port)
            return port
    raise RuntimeError("no free port")

"""Free ports below the range that the kernel takes for outgoing connections."""

import socket
from pathlib import Path

FIRST = 19000
handed_out: set[int] = set()


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

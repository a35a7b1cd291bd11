"""Our own servers, as the release build leaves them."""

import os
import sys
from pathlib import Path

from peers.harness.ports import free_port
from peers.harness.server import Server
from peers.harness.settings import CHECKOUT

HELLO = "Vigie hello"
HELLO_FULL = "Vigie hello, full telemetry"
NOTES = "Vigie notes"
PROXY = "Vigie bare-proxy"
BINARIES = {
    "hello": "HELLO_BIN",
    "bare-proxy": "BARE_PROXY_BIN",
    "notes": "NOTES_BIN",
    "metrics-figures": "METRICS_FIGURES_BIN",
    "registry-figures": "REGISTRY_FIGURES_BIN",
    "vigie": "VIGIE_BIN",
}  # product: variable that replaces it


def binary(product: str) -> Path:
    default = CHECKOUT / ".build" / "release" / product
    return Path(os.environ.get(BINARIES[product]) or default)


def require(products: list[str]) -> None:
    """Ends the run with the commands to type when a binary is missing."""
    missing = [product for product in products if not os.access(binary(product), os.X_OK)]
    for product in missing:
        print(
            f"{binary(product)} is missing. Build it: scripts/build.sh {product}",
            file=sys.stderr,
        )
    if missing:
        sys.exit(1)


def hello(path: str = "/1k") -> Server:
    port = free_port()
    return Server(HELLO, [binary("hello"), "--port", port, "--loops", "1"], port, path)


def hello_full() -> Server:
    """The same with metrics, spans to nowhere and an access log, which goes to /dev/null."""
    port = free_port()
    command = [binary("hello"), "--port", port, "--loops", "1", "--telemetry", "full"]
    return Server(HELLO_FULL, command, port)


def bare_proxy(backend_port: int) -> Server:
    port = free_port()
    command = [binary("bare-proxy"), "--port", port, "--loops", "1"]
    command += ["--backend", f"127.0.0.1:{backend_port}"]
    return Server(PROXY, command, port)

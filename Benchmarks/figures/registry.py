"""What the registry takes at a size: the lines of registry-figures."""

import subprocess

from peers.harness.progress import say

from . import binaries

SIZES = [1000, 3000, 10_000]  # instances
AIMS = {  # figure: what it is to be, at the largest size
    "KiB an instance": ("≤", 2),
    "registrations/s": ("≥", 10_000),
    "register to notified, 4 watchers each, p99 ms": ("≤", 20),
    "restart from disk, ms": ("≤", 1000),
}


def registry() -> dict[int, dict[str, float]]:
    """By number of instances: each figure, in the order in which they were measured."""
    command = [binaries.binary("registry-figures"), *map(str, SIZES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        say(f"registry-figures failed: {done.stderr.strip()}")
        return {}
    rows: dict[int, dict[str, float]] = {}
    for line in done.stdout.splitlines():
        size, figure, value = line.split("\t")
        rows.setdefault(int(size), {})[figure] = float(value)
        say(f"registry   {size:>6} {figure:50} {value}")
    return rows

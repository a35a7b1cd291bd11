"""What /proc tells of a process tree and of the machine."""

import os
import re
import resource

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def read(path: str) -> str:
    """The file's text, empty when the process has gone or may not be read."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the command's name, which may hold spaces: state, ppid, …"""
    text = read(f"/proc/{pid}/stat")
    return text[text.rindex(")") + 2 :].split() if ")" in text else []


def tree(root: int) -> list[int]:
    """The process and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := stat_fields(int(entry))):
            children.setdefault(int(fields[1]), []).append(int(entry))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time that the live processes of a tree have used."""
    ticks = 0
    for pid in tree(root):
        if fields := stat_fields(pid):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND


def kib_field(path: str, name: str) -> int | None:
    match = re.search(rf"^{name}:\s+(\d+) kB", read(path), re.MULTILINE)
    return int(match.group(1)) if match else None


def resident_kib(root: int) -> int:
    """Resident memory of a tree. smaps_rollup is exact; VmRSS lags by some pages on each CPU."""
    total = 0
    for pid in tree(root):
        exact = kib_field(f"/proc/{pid}/smaps_rollup", "Rss")
        total += exact if exact is not None else kib_field(f"/proc/{pid}/status", "VmRSS") or 0
    return total


def peak_resident_kib(root: int) -> int:
    return sum(kib_field(f"/proc/{pid}/status", "VmHWM") or 0 for pid in tree(root))


def machine_busy_seconds() -> float:
    """Time that all CPUs together were not idle."""
    user, nice, system, idle, iowait, irq, softirq, steal = map(
        int, read("/proc/stat").splitlines()[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND


def ended_children_seconds() -> float:
    """CPU time of children that have been waited for: the load generators."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def is_traced(pid: int) -> bool:
    """Whether a tracer is attached to every thread."""
    threads = os.listdir(f"/proc/{pid}/task")
    return all(
        "TracerPid:\t0\n" not in read(f"/proc/{pid}/task/{thread}/status") for thread in threads
    )

"""One row by its key, through HTTP and by pgbench, from the same PostgreSQL."""

import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from peers.harness import probe, procfs
from peers.harness.load import Target, wrk
from peers.harness.measure import wait_quiet
from peers.harness.ports import free_port
from peers.harness.processes import last_words, start, stop
from peers.harness.progress import say
from peers.harness.settings import CHECKOUT, SETTINGS

from . import binaries

PGBENCH = "pgbench, prepared"
CLIENTS = 16
ALL_PROCESSORS = None
SECRET = "a-secret-of-the-benchmark-alone-0001"
TRANSACTIONS = re.compile(r"tps = ([0-9.]+) ")
IDENTITY = {"VIGIE_AUTH_ISSUER": "bench", "VIGIE_AUTH_AUDIENCE": "bench", "VIGIE_AUTH_SECRET": SECRET}
STATEMENT = "SELECT * FROM note WHERE id = :id AND owner = :owner;\n"


@dataclass
class Database:
    """The runs of one client."""

    rates: list[float] = field(default_factory=list)
    p50_ms: float = 0
    p99_ms: float = 0
    resident_mib: float = 0
    startup_ms: float = 0
    errors: int = 0

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def database() -> dict[str, Database]:
    if not shutil.which("psql"):
        say("PostgreSQL is not installed, the database is left out")
        return {}
    with tempfile.TemporaryDirectory(prefix="vigie-bench-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        environment = {**os.environ, "POSTGRES_FOLDER": f"{folder}/postgres"}
        script = CHECKOUT / "scripts" / "postgres.sh"
        try:
            url = output([script, "start", str(free_port())], environment)
            return measure(url, Path(folder))
        finally:
            subprocess.run([script, "remove"], env=environment, check=False, stdout=subprocess.DEVNULL)


def measure(url: str, folder: Path) -> dict[str, Database]:
    port = free_port()
    settings = {**IDENTITY, "VIGIE_DATABASE_URL": url, "VIGIE_SERVER_PORT": str(port)}
    command = [binaries.binary("notes")]
    rows = {binaries.NOTES: Database(), PGBENCH: Database()}
    ours = rows[binaries.NOTES]
    ours.startup_ms = probe.startup_ms(command, port, "/health/ready", None, settings)
    service = start(command, ALL_PROCESSORS, settings, log=binaries.NOTES, keep_stdout=False)
    try:
        if not probe.wait_up(service, port, "/health/ready"):
            say(f"notes did not start: {last_words(binaries.NOTES)}")
            return {}
        token = output([CHECKOUT / "scripts" / "token.sh", "anna"], {**os.environ, **IDENTITY})
        headers = (f"Authorization: Bearer {token}",)
        note = write_note(port, token)
        target = Target(port, f"/notes/{note}", headers, connections=CLIENTS)
        (folder / "select.sql").write_text(STATEMENT)
        wrk(target, SETTINGS.warm_up)
        for _ in range(SETTINGS.runs):
            wait_quiet()
            load = wrk(target, SETTINGS.duration)
            ours.rates.append(load.requests / load.seconds)
            ours.p50_ms, ours.p99_ms = load.p50_ms, load.p99_ms
            ours.errors += load.errors
            wait_quiet()
            rows[PGBENCH].rates.append(pgbench(url, folder / "select.sql", note))
        ours.resident_mib = procfs.resident_kib(service.pid) / 1024
    finally:
        stop(service)
    for name, row in rows.items():
        say(f"database   {name:22} {row.rate:8.0f} rows/s, {row.errors} errors")
    return rows


def pgbench(url: str, script: Path, note: str) -> float:
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SETTINGS.duration)]
    command += ["-f", script, "-D", f"id={note}", "-D", "owner=anna", url]
    text = output(command, dict(os.environ))
    found = TRANSACTIONS.search(text)
    if not found:
        raise RuntimeError(f"pgbench: {text}")
    return float(found[1])


def write_note(port: int, token: str) -> str:
    text = output(
        ["curl", "-fsS", "-H", f"Authorization: Bearer {token}", "--json", '{"title":"a","text":"b"}',
         f"http://127.0.0.1:{port}/notes"],
        dict(os.environ),
    )
    return json.loads(text)["id"]


def output(command: list, environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()

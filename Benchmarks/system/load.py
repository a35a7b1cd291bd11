"""The whole system under load: `python3 Benchmarks/system/load.py [--seconds N] [--connections N] [--only NAME,…]`.

Starts HomeTrip beside what may run here (`vigie up --isolated`), fills it, and calls it with wrk over TLS: nginx, gateway,
listing, PostgreSQL. Prints tables in Markdown: requests, times, who used the CPUs, memory; then whether what each panel of the
dashboards shows agrees with what wrk counted, with answers among them that are errors. See scripts/load.sh, which builds what it
needs. Ends with 0 when nothing failed that should not have, all panels had data and agreed within a tenth.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks/peers"))

from harness import procfs  # noqa: E402

# Taken out of the environment: the programs take each variable of this beginning for a setting.
VIGIE = pathlib.Path(os.environ.pop("VIGIE_BIN", ROOT / ".build/release/vigie"))
FOLDER = ROOT / ".vigie/hometrip-isolated"
AUTHORITY = FOLDER / "front/certificates/ca.pem"
# All calls come from one address.
ZONES = ",".join(f"{zone}=100000/s:100000" for zone in ("api", "auth", "search"))
MEMORY_LIMIT = 1 << 30


def vigie(*arguments: str) -> str:
    done = subprocess.run([VIGIE, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"vigie {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


class System:
    """HomeTrip, up until the end of the `with`."""

    def __enter__(self):
        command = [VIGIE, "up", "hometrip", "--isolated", "--zones", ZONES, "--format", "json"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        text = ""
        for line in self.process.stdout:
            text += line
            if line == "}\n":
                self.addresses = {one["name"]: one["url"] for one in json.loads(text[text.index("{") :])["addresses"]}
                self.origin = next(iter(self.addresses.values()))
                return self
        raise SystemExit(f"the system did not start: {text}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(120)
        self.process.kill()

    def state(self) -> dict:
        return json.loads(vigie("ps", "--isolated", "--format", "json"))

    def cpu(self) -> dict[str, float]:
        """CPU seconds that each part has used, with all that it has started."""
        used: dict[str, float] = {}
        for process in self.state()["processes"]:
            if process.get("pid"):
                used[process["part"]] = used.get(process["part"], 0) + procfs.cpu_seconds(process["pid"])
        # Alone: its descendants are the parts.
        fields = procfs.stat_fields(self.process.pid)
        used["supervisor"] = (int(fields[11]) + int(fields[12])) / procfs.TICKS_PER_SECOND
        return used

    def get(self, path: str) -> dict:
        context = ssl.create_default_context(cafile=AUTHORITY)
        with urllib.request.urlopen(self.origin + path, context=context, timeout=30) as answer:
            return json.load(answer)

    def listings(self) -> list[str]:
        ids, cursor = [], ""
        while True:
            page = self.get(f"/api/listings?limit=100{cursor}")
            ids += [item["id"] for item in page["items"]]
            if not page.get("nextCursor"):
                return ids
            cursor = "&cursor=" + urllib.parse.quote(page["nextCursor"])

    def token(self) -> str:
        """Somebody's, who is registered for it."""
        person = {"email": f"load-{time.time_ns()}@example.com", "password": "nine winding rivers"}
        body = json.dumps(person | {"firstName": "Lo", "lastName": "Ad", "role": "guest"}).encode()
        request = urllib.request.Request(
            self.origin + "/api/auth/register", body, {"content-type": "application/json"}
        )
        context = ssl.create_default_context(cafile=AUTHORITY)
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return json.load(answer)["accessToken"]

    def query(self, expression: str) -> list[dict]:
        url = f"{self.addresses['Prometheus']}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)["data"]["result"]

    def number(self, expression: str) -> float:
        result = self.query(expression)
        return float(result[0]["value"][1]) if result else float("nan")


def wrk(system: System, mix: str, connections: int, seconds: int, **settings: str) -> tuple[dict, float]:
    """What wrk counted, and the CPU seconds it used itself."""
    environment = os.environ | {"MIX": mix} | settings
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    command += ["-s", str(ROOT / "Benchmarks/system/browse.lua"), system.origin]
    before = procfs.ended_children_seconds()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    used = procfs.ended_children_seconds() - before
    for line in done.stdout.splitlines():
        if line.startswith("JSON "):
            return json.loads(line[5:]), used
    raise SystemExit(f"wrk: {done.stdout}{done.stderr}")


# Between an answer and a client's next call: how fast people are, and how fast machines.
THINKING = "1000"
RUNS = [
    ("id", "a listing by id", "0"),
    ("page", "a page of 20", "0"),
    ("mixed", "listings, pages and a tenth that is not there", "0"),
    ("mixed", "the same, each client pausing for a second", THINKING),
]


def measure(system: System, ids: str, options) -> bool:
    print(
        f"\n{options.connections} connections over TLS, {options.seconds} s each after 3 s of warm-up; "
        f"wrk's own CPU is a part of the machine's.\n"
    )
    parts = ["front", "gateway", "listing", "postgres", "auth", "registry", "prometheus", "others"]
    print("| what | req/s | p50 ms | p99 ms | × better than 100 ms | failed | MiB (PSS) | " + " | ".join(parts) + " | wrk |")
    print("|---|--:|--:|--:|--:|--:|--:|" + "--:|" * (len(parts) + 1))
    is_fine = True
    for mix, title, pause in RUNS:
        if options.only and not any(name in title for name in options.only):
            continue
        wrk(system, mix, options.connections, 3, IDS=ids, PAUSE=pause)
        before = system.cpu()
        report, own = wrk(system, mix, options.connections, options.seconds, IDS=ids, PAUSE=pause)
        memory = system.state()["memoryBytes"]
        after = system.cpu()
        used = {part: after[part] - before.get(part, 0) for part in after}
        used["others"] = sum(value for part, value in used.items() if part not in parts)
        every = sum(used.values()) + own
        wrong = report["5xx"] + sum(report[key] for key in ("connect", "read", "write", "timeout"))
        wrong += 0 if mix == "mixed" else report["4xx"]
        is_fine = is_fine and wrong == 0 and memory <= MEMORY_LIMIT
        shares = [f"{100 * used.get(part, 0) / every:.0f} %" for part in parts] + [f"{100 * own / every:.0f} %"]
        cells = [
            title,
            f"{report['requests'] / report['seconds']:.0f}",
            f"{1000 * report['p50']:.1f}",
            f"{1000 * report['p99']:.1f}",
            f"{0.1 / report['p99']:.1f}",
            str(wrong),
            f"{memory / (1 << 20):.0f}",
        ]
        print("| " + " | ".join(cells + shares) + " |", flush=True)
    return is_fine


def compare(system: System, ids: str, options) -> bool:
    """Calls of which some fail, counted by wrk and by the panels' own queries."""
    print(
        f"\nListings stopped, every third call for a page of them, {options.panel_seconds} s: "
        "what the dashboards say of the last minute beside what wrk counted.\n"
    )
    vigie("stop", "listing", "--isolated")
    try:
        report, _ = wrk(system, "broken", 8, options.panel_seconds, IDS=ids, TOKEN=system.token())
        counted = report["requests"] / report["seconds"]
        share = report["5xx"] / report["requests"]
        rows = [
            ("front, requests/s", "sum(zone:front_requests:rate1m)", counted),
            (
                "front, share of errors",
                "sum(zone:front_errors:ratio_rate1m * on (zone) (zone:front_requests:rate1m > 0)) / sum(zone:front_requests:rate1m)",
                share,
            ),
            ("gateways, requests/s", 'service:http_requests:rate1m{service="gateway"}', counted),
            ("gateways, share of errors", 'service:http_errors:ratio_rate1m{service="gateway"}', share),
            ("auth, requests/s", 'service:http_requests:rate1m{service="auth"}', counted * (1 - share)),
        ]
        values = [(name, system.number(query), truth) for name, query, truth in rows]
        panels = subprocess.run(
            [sys.executable, ROOT / "scripts/panels.py", system.addresses["Prometheus"]],
            capture_output=True,
            text=True,
        )
    finally:
        vigie("start", "listing", "--isolated")
    print("| panel | shown | counted | off by |")
    print("|---|--:|--:|--:|")
    is_fine = True
    for name, shown, truth in values:
        off = abs(shown - truth) / truth if truth else float("nan")
        is_fine = is_fine and off <= 0.1
        print(f"| {name} | {shown:.3f} | {truth:.3f} | {100 * off:.1f} % |")
    print(f"\nQueries of all panels, by scripts/panels.py: {panels.stdout.strip()}{panels.stderr.strip()}.")
    return is_fine and panels.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="of each run (20)")
    parser.add_argument("--connections", type=int, default=50, help="clients at a time (50)")
    parser.add_argument("--panel-seconds", type=int, default=90, help="of the run that is compared (90); 0: none")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], help="runs whose names contain one of these")
    options = parser.parse_args()
    with System() as system, tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        print(f"at rest: {system.state()['memoryBytes'] / (1 << 20):.0f} MiB (PSS)", flush=True)
        vigie("seed", "hometrip", "--isolated")
        ids = system.listings()
        file.write("\n".join(ids))
        file.flush()
        print(f"{len(ids)} listings", flush=True)
        is_fine = measure(system, file.name, options)
        if options.panel_seconds:
            is_fine = compare(system, file.name, options) and is_fine
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())

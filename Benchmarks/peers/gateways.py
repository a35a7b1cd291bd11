"""Gateways on one core, ours by GW_CMD. Started by run.sh; see README.md."""

import os
import sys
from dataclasses import dataclass, replace

from peers import gateway_peers
from peers.gateway_peers import Gateway
from peers.harness import markdown, ports, probe, procfs, saved, templates, tokens
from peers.harness.load import Target
from peers.harness.measure import Measurement, measure, run_together
from peers.harness.processes import last_words, lock, start, stop, supervised
from peers.harness.progress import say
from peers.harness.settings import SETTINGS, selected


@dataclass(frozen=True)
class Scenario:
    title: str
    path: str = "/1k"
    token: str | None = None
    port: str = "jwt"  # plain, jwt, or any: jwt where the gateway has it
    headers: tuple[str, ...] = ()
    rejected: bool = False
    rate: int | None = None  # requests a second; None: as fast as answers come
    new: bool = False  # each request has another token


STEADY = int(os.environ.get("STEADY", "8000"))
SCENARIOS = {
    "plain": Scenario("Plain proxy, 1 KiB, keep-alive (no JWT)", port="plain"),
    "hs": Scenario("HS256 JWT, limit for each client, counters; 1 KiB, keep-alive", token="hs"),
    "rs": Scenario("RS256 (2048) JWT, limit, counters; 1 KiB", token="rs"),
    "es": Scenario("ES256 JWT, limit, counters; 1 KiB", token="es"),
    "new-hs": Scenario("HS256, every token new; 1 KiB", token="hs", new=True),
    "new-rs": Scenario("RS256, every token new; 1 KiB", token="rs", new=True),
    "new-es": Scenario("ES256, every token new; 1 KiB", token="es", new=True),
    "401": Scenario("Bad HS256 signature: 401 without a call to the backend", token="bad", rejected=True),
    "16k": Scenario("HS256, limit; 16 KiB (plain where there is no JWT)", "/16k", "hs", "any"),
    "1m": Scenario("HS256, limit; 1 MiB (plain where there is no JWT)", "/1m", "hs", "any"),
    "steady": Scenario(f"HS256, limit; 1 KiB at {STEADY} requests a second", token="hs", rate=STEADY),
    "close": Scenario(
        "HS256, limit; 1 KiB, one connection per request (plain where there is no JWT)",
        token="hs",
        port="any",
        headers=("Connection: close",),
    ),
}
DIRECT = "(backend alone, no proxy)"
CHECKS = ("hs", "rs", "es", "bad", "none")


@dataclass
class Facts:
    """What is known of a gateway beside its load runs."""

    startup_ms: float
    idle_mib: float
    peak_mib: float
    statuses: dict[str, int]  # by token; empty without JWT


@dataclass
class Results:
    rows: dict[str, dict[str, Measurement]]  # by scenario, then by gateway
    facts: dict[str, Facts]

    @classmethod
    def load(cls) -> "Results":
        stored = saved.load("gateways")
        rows = {
            scenario: {name: saved.measurement(row) for name, row in by_name.items()}
            for scenario, by_name in stored.get("rows", {}).items()
        }
        facts = {name: Facts(**fields) for name, fields in stored.get("facts", {}).items()}
        return cls(rows, facts)

    def add(self, scenario: str, name: str, measurement: Measurement) -> None:
        self.rows.setdefault(scenario, {})[name] = measurement
        say(f"{name:28} {scenario:6} {measurement.summary()}")


class Run:
    """One run over the chosen gateways and scenarios, with the backend that they forward to."""

    def __init__(self, results: Results):
        self.results = results
        self.tokens = tokens.make_tokens()
        ports.reserve(*(ports.named_port(key) for key in ("BACKEND_PORT", "GW_PORT", "GW_PORT_PLAIN")))
        self.backend_port = ports.named_port("BACKEND_PORT") or ports.free_port()
        self.scenarios = selected("SCENARIOS", list(SCENARIOS))
        everyone = {gateway.name: gateway for gateway in gateway_peers.all_gateways(self.backend_port)}
        wanted = [everyone[name] for name in selected("PEERS", list(everyone))]
        self.gateways = [gateway for gateway in wanted if gateway.is_installed()]
        self.backend = start(templates.backend(self.backend_port), SETTINGS.load_cpu, log="backend")
        if not probe.wait_up(self.backend, self.backend_port):
            sys.exit(f"the backend did not start: {last_words('backend')}")

    def environment(self, gateway: Gateway) -> dict[str, str]:
        """What a gateway may want to know; ours is told by it."""
        return {
            "BACKEND": f"127.0.0.1:{self.backend_port}",
            "BENCH_TMP": str(SETTINGS.work),
            "JWT_ISSUER": tokens.ISSUER,
            "JWT_HS256_SECRET_FILE": str(tokens.SECRET_FILE),
            "JWT_RS256_PUB": str(tokens.public_key("rs")),
            "JWT_ES256_PUB": str(tokens.public_key("es")),
            "JWT_JWKS_FILE": str(tokens.JWKS_FILE),
            "GW_PORT": os.environ.get("GW_PORT", ""),
            "GW_PORT_PLAIN": os.environ.get("GW_PORT_PLAIN", ""),
            **gateway.environment,
        }

    def measure_backend(self) -> None:
        """The backend itself on the gateways' CPU: what the load side can do."""
        os.sched_setaffinity(self.backend.pid, {SETTINGS.server_cpu})
        for key in ("plain", "16k", "1m"):
            if key in self.scenarios:
                target = Target(self.backend_port, SCENARIOS[key].path)
                self.results.add(key, DIRECT, measure(self.backend, target))
        os.sched_setaffinity(self.backend.pid, {SETTINGS.load_cpu})

    def measure_gateway(self, gateway: Gateway) -> None:
        environment = self.environment(gateway)
        port = gateway.port_jwt or gateway.port
        token = self.tokens[gateway.algorithms[0]] if gateway.port_jwt else None
        path = f"{gateway.prefix}/1k"
        startup = probe.startup_ms(gateway.command, port, path, token, environment)
        process = start(gateway.command, SETTINGS.server_cpu, environment, gateway.name)
        try:
            if not probe.wait_up(process, port, path, token):
                say(f"{gateway.name}: did not answer 200, left out: {last_words(gateway.name)}")
                return
            idle = procfs.resident_kib(process.pid) / 1024
            statuses = self.statuses(gateway)
            for key in self.scenarios:
                self.measure_scenario(gateway, process, key)
            peak = procfs.peak_resident_kib(process.pid) / 1024
            self.results.facts[gateway.name] = Facts(startup, idle, peak, statuses)
        finally:
            stop(process)

    def statuses(self, gateway: Gateway) -> dict[str, int]:
        """Shows, before anything is measured, that the checks are on."""
        if not gateway.port_jwt:
            return {}
        path = f"{gateway.prefix}/1k"
        return {
            kind: probe.request(gateway.port_jwt, path, self.tokens.get(kind))[0] for kind in CHECKS
        }

    def target(self, gateway: Gateway, key: str) -> tuple[str, Target] | None:
        """The row's name and what wrk asks for; None where the scenario is none for this gateway."""
        scenario = SCENARIOS[key]
        port = {
            "plain": gateway.port,
            "jwt": gateway.port_jwt,
            "any": gateway.port_jwt or gateway.port,
        }[scenario.port]
        verifies = port and port == gateway.port_jwt
        token = scenario.token if verifies else None
        if not port or (gateway.only and key not in gateway.only):
            return None
        if token not in (None, "bad", *gateway.algorithms):
            return None
        headers = scenario.headers
        if token and not scenario.new:
            headers += (f"Authorization: Bearer {self.tokens[token]}",)
        path = gateway.prefix + scenario.path
        plain = "(plain) " if scenario.port == "any" and not verifies else ""
        target = Target(port, path, headers, expect_rejection=scenario.rejected, rate=scenario.rate)
        if token and scenario.new:
            target = replace(target, script="tokens.lua", arguments=(str(tokens.new_tokens(token)),))
        return plain + gateway.name, target

    def measure_scenario(self, gateway: Gateway, process, key: str) -> None:
        if not (found := self.target(gateway, key)):
            return
        name, target = found
        try:
            self.results.add(key, name, measure(process, target, self.backend))
        except RuntimeError as error:
            say(f"{gateway.name} {key}: {error}")

    def measure_beside(self, together: bool) -> None:
        """All gateways are up at the same time: a run of each after a run of the others, so that a slow minute hits them alike, or
        all runs `together`, so that a slow moment does."""
        processes = []
        for gateway in self.gateways:
            process = start(gateway.command, SETTINGS.server_cpu, self.environment(gateway), gateway.name)
            port = gateway.port_jwt or gateway.port
            token = self.tokens[gateway.algorithms[0]] if gateway.port_jwt else None
            if probe.wait_up(process, port, f"{gateway.prefix}/1k", token):
                processes.append((gateway, process))
            else:
                say(f"{gateway.name}: did not answer 200, left out: {last_words(gateway.name)}")
        for key in self.scenarios:
            rows = []
            for gateway, process in processes:
                if found := self.target(gateway, key):
                    rows.append((*found, process, Measurement()))
            for _, target, _, measurement in rows:
                measurement.warm_up(target)
            runs = [(measurement, process, target) for _, target, process, measurement in rows]
            for _ in range(SETTINGS.runs):
                for at_once in [runs] if together else [[run] for run in runs]:
                    run_together(at_once, self.backend)
            for name, _, _, measurement in rows:
                self.results.add(key, name, measurement)
        for _, process in processes:
            stop(process)


def report(results: Results, scenarios: list[str], beside: str | None) -> str:
    parts = [f"_{SETTINGS.describe()}_"]
    for key in scenarios:
        if key in results.rows:
            table = markdown.measurements(results.rows[key], floor=beside)
            parts.append(f"### {SCENARIOS[key].title}\n\n{table}")
    header = ["gateway", "start to first 200, ms (median of 5)", "idle RSS MiB", "peak RSS MiB"]
    header.append("status for HS256 / RS256 / ES256 / bad signature / no token")
    lines = []
    for name, facts in results.facts.items():
        statuses = " / ".join(str(facts.statuses[kind]) for kind in CHECKS) if facts.statuses else "no JWT"
        numbers = [f"{facts.startup_ms:.0f}", f"{facts.idle_mib:.1f}", f"{facts.peak_mib:.1f}"]
        lines.append([name, *numbers, statuses])
    parts.append(f"### Start-up, memory, checks\n\n{markdown.table(header, lines)}")
    return "\n\n".join(parts)


def main() -> None:
    with supervised():
        results = Results.load()
        run = Run(results)
        if "direct" in os.environ.get("EXTRA", "direct"):
            with lock():
                run.measure_backend()
        beside = None
        if os.environ.get("TURNS") or os.environ.get("TOGETHER"):
            beside = run.gateways[0].name if run.gateways else None
            with lock():
                run.measure_beside(together=bool(os.environ.get("TOGETHER")))
        else:
            for gateway in run.gateways:
                with lock():
                    run.measure_gateway(gateway)
        saved.store("gateways", {"rows": results.rows, "facts": results.facts})
        print(report(results, run.scenarios, beside))


if __name__ == "__main__":
    main()

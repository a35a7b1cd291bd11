"""The gateway under overload and over time: `python3 Benchmarks/gateway/drill.py overload|idle|soak`.

Real processes on this machine; prints a Markdown table. See scripts/drill-gateway.sh, which builds what it needs.

  overload  a service that can do 800 requests a second, offered 0.5, 1 and 2 times that, without regard to answers
  idle      10 000 connections that have asked once
  soak      a gateway at full load, its memory each 10 s
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

WORKERS, WORK_SECONDS = 8, 0.010  # The service's: 800 requests a second.
CAPACITY = WORKERS / WORK_SECONDS


def resident_kib(pid: int) -> int:
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


class Gateway:
    """`vigie gateway` before services at `ports`, until the end of the `with`."""

    def __init__(self, folder: str, binary: str, ports: list[int], route: dict):
        self.binary, self.folder = binary, folder
        self.peers = ",".join(f"work=127.0.0.1:{port}" for port in ports)
        self.route = {"path": "/{rest...}", "service": "work", "auth": "open", **route}

    def __enter__(self):
        file = os.path.join(self.folder, "gateway.json")
        with open(file, "w") as output:
            json.dump({"rates": {"all": {"rate": "1000000/s", "burst": 1000000}}, "routes": [self.route]}, output)
        self.log = os.path.join(self.folder, "gateway.log")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CONSUL_")}
        environment |= {
            "VIGIE_GATEWAY_FILE": file,
            "VIGIE_CLIENTS_PEERS": self.peers,
            "VIGIE_SERVER_PORT": "0",
            "VIGIE_SERVER_LOOPS": "1",
            "VIGIE_SERVER_IDLE_TIMEOUT": "10m",
            "VIGIE_SERVER_CONNECTION_LIMIT": "20000",
            "VIGIE_DISCOVERY_SNAPSHOTS": "",
        }
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [self.binary, "gateway"], env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            with open(self.log) as lines:
                for line in lines:
                    if '"msg":"serving"' in line:
                        self.port = int(json.loads(line)["address"].rsplit(":", 1)[1])
                        return self
            time.sleep(0.02)
        self.__exit__()
        raise SystemExit(f"the gateway did not start: {open(self.log).read()[-500:]}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()


class Service(asyncio.Protocol):
    """Answers each request when one of its workers has had 10 ms for it; requests queue without end."""

    places: asyncio.Semaphore
    done = 0

    def connection_made(self, transport):
        self.transport, self.input = transport, b""

    def data_received(self, data):
        self.input += data
        while b"\r\n\r\n" in self.input:
            _, self.input = self.input.split(b"\r\n\r\n", 1)
            asyncio.ensure_future(self.work())

    async def work(self):
        async with Service.places:
            # A request whose caller has left costs its time all the same.
            await asyncio.sleep(WORK_SECONDS)
            Service.done += 1
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")


class Client(asyncio.Protocol):
    """One kept connection, with one request at a time."""

    def connection_made(self, transport):
        self.transport, self.input, self.waiter = transport, b"", None

    def data_received(self, data):
        self.input += data
        head, found, rest = self.input.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(int(l[15:]) for l in head.lower().split(b"\r\n") if l.startswith(b"content-length:"))
        if len(rest) < length:
            return
        self.input = b""
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(int(head[9:12]))

    def connection_lost(self, error):
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(0)

    async def ask(self) -> int:
        self.waiter = asyncio.get_running_loop().create_future()
        self.transport.write(b"GET /work HTTP/1.1\r\nHost: a\r\n\r\n")
        return await self.waiter


async def offer(port: int, rate: float, seconds: float):
    """Sends `rate` requests a second whatever comes back; statuses with the seconds they took."""
    loop = asyncio.get_running_loop()
    idle: list[Client] = []
    answers: list[tuple[int, float]] = []

    async def one():
        client = idle.pop() if idle else (await loop.create_connection(Client, "127.0.0.1", port))[1]
        began = time.perf_counter()
        status = await client.ask()
        answers.append((status, time.perf_counter() - began))
        if not client.transport.is_closing():
            idle.append(client)

    tasks: set[asyncio.Task] = set()
    began, sent = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        while sent < now * rate:
            task = asyncio.ensure_future(one())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            sent += 1
        await asyncio.sleep(0.001)
    if tasks:
        await asyncio.wait(tasks, timeout=20)
    for client in idle:
        client.transport.close()
    return sent, answers


def percentiles(seconds: list[float], digits: int) -> str:
    """The middle one and the 99th of a hundred, in milliseconds; a dash where there are none."""
    ordered = sorted(seconds)
    return ", ".join(f"{1e3 * ordered[int(share * len(ordered))]:.{digits}f}" for share in (0.5, 0.99)) if ordered else "-"


async def overload(arguments) -> None:
    Service.places = asyncio.Semaphore(WORKERS)
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Service, "127.0.0.1", 0) for _ in range(4)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    print(f"A service of 4 instances that can do {CAPACITY:.0f} requests a second in all; answers within 1 s count.\n")
    print("| offered | answered in 1 s | of capacity | refused (503) | refusal p50, p99 ms | answer p50, p99 ms | other |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder, Gateway(folder, arguments.vigie, ports, {}) as gateway:
        # It learns how long the service takes when it is well.
        await offer(gateway.port, CAPACITY * 0.5, arguments.seconds / 2)
        for share in (0.5, 1, 2, 2):
            sent, answers = await offer(gateway.port, CAPACITY * share, arguments.seconds)
            good = [took for status, took in answers if status == 200]
            refused = [took for status, took in answers if status == 503]
            in_time = sum(took <= 1 for took in good) / arguments.seconds
            print(
                f"| {sent / arguments.seconds:.0f}/s | {in_time:.0f}/s | {100 * in_time / CAPACITY:.0f} % "
                f"| {len(refused) / arguments.seconds:.0f}/s "
                f"| {percentiles(refused, 1)} "
                f"| {percentiles(good, 0)} "
                f"| {sent - len(good) - len(refused)} |",
                flush=True,
            )
    for server in servers:
        server.close()


@contextlib.contextmanager
def hello(binary: str):
    """The example server, which answers /1k."""
    process = subprocess.Popen([binary, "--port", "0", "--loops", "1"], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.terminate()
        process.wait()


async def idle(arguments) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (arguments.connections + 1_000,) * 2)
    loop = asyncio.get_running_loop()
    with hello(arguments.hello) as port, tempfile.TemporaryDirectory() as folder:
        with Gateway(folder, arguments.vigie, [port], {"rates": ["all"]}) as gateway:
            clients = [(await loop.create_connection(Client, "127.0.0.1", gateway.port))[1] for _ in range(100)]
            for client in clients:
                await client.ask()
            before = resident_kib(gateway.process.pid)
            began = time.monotonic()
            while len(clients) < arguments.connections + 100:
                # As clients come, one after another: their connections are parked (ADR 0025) while others come.
                await asyncio.sleep(began + (len(clients) - 100) / arguments.rate - time.monotonic())
                client = (await loop.create_connection(Client, "127.0.0.1", gateway.port))[1]
                await client.ask()
                clients.append(client)
            asked = resident_kib(gateway.process.pid)
            # Longer than a connection keeps its task.
            await asyncio.sleep(arguments.seconds)
            parked = resident_kib(gateway.process.pid)
            for client in clients[:: len(clients) // 100]:
                await client.ask()
            print(f"| idle connections | resident MiB before | when all had asked | {arguments.seconds} s later | KiB a connection |")
            print("| ---: | ---: | ---: | ---: | ---: |")
            figures = " | ".join(f"{kib / 1024:.1f}" for kib in (before, asked, parked))
            print(f"| {arguments.connections} | {figures} | {(parked - before) / arguments.connections:.2f} |")
            for client in clients:
                client.transport.close()


async def soak(arguments) -> None:
    with hello(arguments.hello) as port, tempfile.TemporaryDirectory() as folder:
        with Gateway(folder, arguments.vigie, [port], {"rates": ["all"]}) as gateway:
            wrk = await asyncio.create_subprocess_exec(
                *("wrk", "-t1", "-c64", f"-d{arguments.seconds}", "--latency"),
                f"http://127.0.0.1:{gateway.port}/1k",
                stdout=asyncio.subprocess.PIPE,
            )
            rows: list[tuple[int, int]] = []
            began = time.monotonic()
            while wrk.returncode is None and time.monotonic() - began < arguments.seconds - 1:
                await asyncio.sleep(10)
                rows.append((round(time.monotonic() - began), resident_kib(gateway.process.pid)))
            text = (await wrk.communicate())[0].decode()
            print("| second | " + " | ".join(str(second) for second, _ in rows) + " |")
            print("| ---: |" + " ---: |" * len(rows))
            print("| resident MiB | " + " | ".join(f"{kib / 1024:.1f}" for _, kib in rows) + " |")
            print("\n" + "\n".join(l.strip() for l in text.splitlines() if "requests in" in l or "99%" in l or "Non-2xx" in l))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drill", choices=["overload", "idle", "soak"])
    parser.add_argument("--vigie", default=".build/release/vigie", help="the program (default %(default)s)")
    parser.add_argument("--hello", default=".build/release/hello", help="the example server (default %(default)s)")
    parser.add_argument("--seconds", type=int, help="of one load or wait; by default 15 for overload, 12 for idle, 300 for soak")
    parser.add_argument("--connections", type=int, default=10_000, help="idle (default %(default)s)")
    parser.add_argument("--rate", type=float, default=250, help="connections begun a second (default %(default)s)")
    arguments = parser.parse_args()
    arguments.seconds = arguments.seconds or {"overload": 15, "idle": 12, "soak": 300}[arguments.drill]
    asyncio.run({"overload": overload, "idle": idle, "soak": soak}[arguments.drill](arguments))


if __name__ == "__main__":
    sys.exit(main())

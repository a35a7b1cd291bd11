"""The gateways to compare with, each with its configuration written and its ports chosen."""

import json
import os
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from peers.harness import templates, tokens
from peers.harness.ports import free_port, named_port
from peers.harness.progress import say
from peers.harness.settings import SETTINGS

NGINX_MODULES = Path("/usr/lib/nginx/modules")
# Taken out of the environment: a gateway takes each variable of this beginning for a setting.
VIGIE = Path(os.environ.pop("VIGIE_BIN", Path(__file__).parents[2] / ".build" / "release" / "vigie"))
LUA_MODULES = ["ndk_http_module.so", "ngx_http_lua_module.so"]


@dataclass(frozen=True)
class Gateway:
    """`port` forwards only, `port_jwt` verifies tokens as well; 0: has none."""

    name: str
    command: list[str]
    port: int
    port_jwt: int = 0
    algorithms: tuple[str, ...] = ()  # that it verifies, in the tokens' names: hs, rs, es
    only: tuple[str, ...] = ()  # the scenarios worth measuring; empty: all
    prefix: str = ""  # stands before the backend's paths
    environment: dict[str, str] = field(default_factory=dict)
    needs: tuple[Path, ...] = ()  # files beside the program

    def is_installed(self) -> bool:
        """False, with a line on stderr, when something is missing."""
        missing = [str(path) for path in self.needs if not path.exists()]
        if not shutil.which(self.command[0]):
            missing.append(self.command[0])
        if missing:
            say(f"{self.name}: {', '.join(missing)} is not installed, left out")
        return not missing


def haproxy(backend: int, name: str = "haproxy", jwt: bool = True) -> Gateway:
    port, port_jwt = free_port(), free_port() if jwt else 0
    text = templates.expand("haproxy.cfg", PORT=port, BACKEND_PORT=backend)
    command = ["haproxy", "-db", "-f", str(templates.write(f"{name}.cfg", text))]
    if jwt:
        text = templates.expand(
            "haproxy-jwt.cfg", PORT_JWT=port_jwt, PORT_ADMIN=free_port(), SECRET=tokens.SECRET
        )
        command += ["-f", str(templates.write(f"{name}-jwt.cfg", text))]
    return Gateway(name, command, port, port_jwt, ("hs", "rs", "es") if jwt else ())


def envoy(backend: int, name: str = "envoy", jwt: bool = True, cache: bool = False) -> Gateway:
    """With `cache`, verified tokens are remembered; only the scenarios that it changes are run."""
    port, port_jwt, listener, admin = free_port(), 0, "", ""
    if jwt:
        port_jwt = free_port()
        option = ", jwt_cache_config: { jwt_cache_size: 1000 }" if cache else ""
        listener = templates.expand("envoy-jwt.yaml", PORT_JWT=port_jwt, JWT_CACHE=option)
        address = f"address: 127.0.0.1, port_value: {free_port()}"
        admin = f"admin: {{ address: {{ socket_address: {{ {address} }} }} }}"
    text = templates.expand(
        "envoy.yaml", PORT=port, BACKEND_PORT=backend, JWT_LISTENER=listener, ADMIN=admin
    )
    command = [str(SETTINGS.peers_venv / "bin" / "envoy"), "-c", str(templates.write(f"{name}.yaml", text))]
    command += ["--concurrency", "1", "--disable-hot-restart", "-l", "error"]
    algorithms = ("hs", "rs", "es")
    return Gateway(name, command, port, port_jwt, algorithms if jwt else (), algorithms if cache else ())


def nginx(backend: int, name: str = "nginx", bare: bool = False) -> Gateway:
    """A gateway with limits and counters, or, `bare`, one that forwards only."""
    port = free_port()
    servers = ["nginx-upstream", "nginx-bare" if bare else "nginx-gateway"]
    return Gateway(name, templates.nginx(name, servers, PORT=port, BACKEND_PORT=backend), port)


def nginx_lua(backend: int) -> Gateway:
    port, port_jwt = free_port(), free_port()
    command = templates.nginx(
        "nginx-lua",
        ["nginx-upstream", "nginx-gateway", "nginx-lua"],
        modules="\n".join(f"load_module {NGINX_MODULES / module};" for module in LUA_MODULES),
        PORT=port,
        PORT_JWT=port_jwt,
        BACKEND_PORT=backend,
        SECRET=tokens.SECRET,
    )
    only = ("hs", "rs", "401", "16k", "1m", "close")
    needs = tuple(NGINX_MODULES / module for module in LUA_MODULES)
    return Gateway("nginx+lua", command, port, port_jwt, ("hs", "rs"), only, needs=needs)


def go_environment() -> dict[str, str]:
    home = str(SETTINGS.work)
    return {"GOMAXPROCS": "1", "HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}


def traefik(backend: int) -> Gateway:
    port = free_port()
    text = templates.expand("traefik-routes.yml", BACKEND_PORT=backend)
    routes = templates.write("traefik-routes.yml", text)
    text = templates.expand("traefik.yml", PORT=port, PORT_ADMIN=free_port(), ROUTES=routes)
    config = templates.write("traefik.yml", text)
    command = [str(SETTINGS.peers_venv / "bin" / "traefik"), f"--configfile={config}"]
    return Gateway("traefik", command, port, environment=go_environment())


def caddy(backend: int) -> Gateway:
    port = free_port()
    config = templates.write("Caddyfile", templates.expand("Caddyfile", PORT=port, BACKEND_PORT=backend))
    command = [str(SETTINGS.peers_venv / "bin" / "caddy"), "run"]
    command += ["--config", str(config), "--adapter", "caddyfile"]
    return Gateway("caddy", command, port, environment=go_environment())


def vigie(
    backend: int,
    name: str,
    keys: dict,
    algorithms: tuple[str, ...],
    only: tuple[str, ...] = (),
    traced: bool = False,
) -> Gateway:
    """Ours, with metrics, an access log and traces passed on; `traced`, its spans are sent as well, to a server that
    drops them (OTLP over HTTP, protocol buffers). A request with a token is verified and limited, one without is
    forwarded only."""
    port = free_port()
    limited = {"auth": "user", "rates": ["api"], "headers": {"authorization": "*"}, "id": "limited"}
    plain = {"auth": "open", "id": "plain"}
    common = {"path": "/{rest...}", "service": "backend"}
    issuer = {"issuer": tokens.ISSUER, "audiences": ["bench"], **keys}
    document = {
        "authentication": {"issuers": [issuer]},
        "rates": {"api": {"rate": "1000000/s", "burst": 1000000, "per": "client"}},
        "routes": [{**common, **limited}, {**common, **plain}],
    }
    config = templates.write(f"{name}.json", json.dumps(document))
    command = [str(VIGIE), "gateway", "--server-port", str(port), "--server-loops", "1", "--admin-port", "0"]
    command += ["--gateway-file", str(config), "--clients-peers", f"backend=127.0.0.1:{backend}"]
    if traced:
        command += ["--trace-endpoint", f"http://127.0.0.1:{backend}"]
    return Gateway(name, command, port, port, algorithms, only, needs=(VIGIE,))


def vigies(backend: int) -> list[Gateway]:
    """An issuer's tokens are signed with a shared secret or with keys of its own, never with either: two processes."""
    secret = {"secretFile": str(tokens.SECRET_FILE), "algorithms": ["HS256"]}
    own = {"keys": str(tokens.JWKS_FILE), "algorithms": ["RS256", "ES256"]}
    return [
        vigie(backend, "vigie", secret, ("hs",)),
        vigie(backend, "vigie+traces", secret, ("hs",), ("plain", "hs"), traced=True),
        vigie(backend, "vigie+keys", own, ("rs", "es"), ("rs", "es", "new-rs", "new-es")),
    ]


def ours() -> Gateway:
    """The gateway that GW_CMD starts; see README.md."""
    return Gateway(
        name=os.environ.get("GW_NAME", "ours"),
        command=shlex.split(os.environ["GW_CMD"]),
        port=named_port("GW_PORT_PLAIN"),
        port_jwt=named_port("GW_PORT"),
        algorithms=tuple(os.environ.get("GW_ALGS", "hs,rs,es").split(",")),
        prefix=os.environ.get("GW_PREFIX", ""),
    )


def all_gateways(backend: int) -> list[Gateway]:
    """Installed or not."""
    found = [haproxy(backend), envoy(backend), envoy(backend, "envoy+jwtcache", cache=True)]
    found += [nginx(backend), nginx_lua(backend), traefik(backend), caddy(backend)]
    found += vigies(backend)
    return found + ([ours()] if os.environ.get("GW_CMD") else [])

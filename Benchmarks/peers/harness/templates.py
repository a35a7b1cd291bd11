"""Configurations: conf/NAME.in with @KEY@ replaced, written to the work folder."""

import getpass
import os
import re
from pathlib import Path

from .settings import PEERS, SETTINGS

CONF = PEERS / "conf"
BODY_1K = '{"message":"hello","pad":"' + "x" * (1024 - 28) + '"}'


def expand(template: str, **values) -> str:
    """The text of conf/TEMPLATE.in; a key without a value is an error."""
    known = {"W": SETTINGS.work, "CONF": CONF, **values}
    text = (CONF / f"{template}.in").read_text()
    return re.sub(r"@([A-Z0-9_]+)@", lambda match: str(known[match.group(1)]), text)


def write(name: str, text: str) -> Path:
    path = SETTINGS.work / "conf" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def nginx(name, servers, *, process="", modules="", connections=4096, **values) -> list[str]:
    """The command of an nginx whose http block is the named templates, one after the other."""
    if os.geteuid() == 0:  # the worker too: it reads files of the checkout
        process = f"user {getpass.getuser()};\n{process}"
    text = expand(
        "nginx.conf",
        NAME=name,
        PROCESS=process,
        MODULES=modules,
        CONNECTIONS=connections,
        SERVERS="".join(expand(server, **values) for server in servers),
    )
    return ["nginx", "-e", "stderr", "-p", str(SETTINGS.work), "-c", str(write(f"{name}.conf", text))]


def backend(port: int) -> list[str]:
    """The command of the upstream behind every proxy, and the files it serves."""
    www = SETTINGS.work / "www"
    www.mkdir(parents=True, exist_ok=True)
    for name, size in (("16k", 16 << 10), ("1m", 1 << 20)):
        (www / f"{name}.json").write_text('{"pad":"' + "y" * (size - 10) + '"}')
    return nginx(
        "backend", ["nginx-backend"], process="master_process off;", PORT=port, BODY1K=BODY_1K
    )

"""Keys and tokens for the gateways, made on first use and kept in the work folder."""

import base64
import hashlib
import hmac
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from .progress import say
from .settings import SETTINGS

SECRET = "bench-secret-bench-secret-bench-secret-0123456789"
ISSUER = "bench-issuer"
SECRET_FILE = SETTINGS.work / "hs.secret"
JWKS_FILE = SETTINGS.work / "jwks.json"
KEY_OPTIONS = {
    "rs": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "es": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
}


def private_key(name: str):
    return SETTINGS.work / f"{name}.key"


def public_key(name: str):
    return SETTINGS.work / f"{name}.pub"


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def openssl(*arguments, stdin: bytes | None = None) -> bytes:
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, input=stdin).stdout


def make_tokens() -> dict[str, str]:
    """A good token by algorithm (hs, rs, es) and one with a broken signature (bad)."""
    for name, options in KEY_OPTIONS.items():
        if not private_key(name).exists():
            openssl("genpkey", *options, "-out", private_key(name))
            private_key(name).chmod(0o600)
        openssl("pkey", "-in", private_key(name), "-pubout", "-out", public_key(name))
    SECRET_FILE.write_text(SECRET)
    JWKS_FILE.write_text(json.dumps(key_set()))
    tokens = {name: token(name) for name in ("hs", "rs", "es")}
    head, body, signature = tokens["hs"].split(".")
    first = "B" if signature[0] == "A" else "A"
    return {**tokens, "bad": f"{head}.{body}.{first}{signature[1:]}"}


# More than any gateway remembers of those that it has verified.
NEW_TOKENS = 12_000
WEEK = 7 * 86400


def new_tokens(name: str):
    """A file of tokens that differ, one a line, kept for a week."""
    file = SETTINGS.work / f"{name}.tokens"
    if not file.exists() or time.time() - file.stat().st_mtime > WEEK:
        say(f"signing {NEW_TOKENS} tokens, {name}")
        with ThreadPoolExecutor() as pool:
            lines = pool.map(lambda number: token(name, 2 * WEEK, jti=str(number)), range(NEW_TOKENS))
            file.write_text("".join(f"{line}\n" for line in lines))
    return file


def key_set() -> dict:
    modulus = openssl("rsa", "-in", private_key("rs"), "-noout", "-modulus").decode()
    n = bytes.fromhex(modulus.strip().split("=")[1])
    point = openssl("pkey", "-in", private_key("es"), "-pubout", "-outform", "DER")[-64:]
    x, y = base64url(point[:32]), base64url(point[32:])

    def key(kind, algorithm, name, **fields):
        return {"kty": kind, "alg": algorithm, "kid": name, "use": "sig", **fields}

    return {
        "keys": [
            key("oct", "HS256", "hs", k=base64url(SECRET.encode())),
            key("RSA", "RS256", "rs", n=base64url(n), e="AQAB"),
            key("EC", "ES256", "es", crv="P-256", x=x, y=y),
        ]
    }


def token(name: str, lifetime: int = 86400, **more: str) -> str:
    now = int(time.time())
    header = {"alg": f"{name.upper()}256", "typ": "JWT", "kid": name}
    claims = {"iss": ISSUER, "sub": "client-42", "aud": "bench", "scope": "orders:read"}
    claims |= {"iat": now, "exp": now + lifetime, **more}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{base64url(sign(name, signed.encode()))}"


def sign(name: str, message: bytes) -> bytes:
    if name == "hs":
        return hmac.new(SECRET.encode(), message, hashlib.sha256).digest()
    signature = openssl("dgst", "-sha256", "-sign", private_key(name), stdin=message)
    return signature if name == "rs" else raw_ecdsa(signature)


def raw_ecdsa(der: bytes) -> bytes:
    """The two integers of a DER signature as 32 bytes each, which is what a JWS holds (RFC 7518, 3.4)."""
    position = 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)
    out = b""
    for _ in range(2):
        length = der[position + 1]
        integer = der[position + 2 : position + 2 + length]
        out += integer.lstrip(b"\0").rjust(32, b"\0")
        position += 2 + length
    return out

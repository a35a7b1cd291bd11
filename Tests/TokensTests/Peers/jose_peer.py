"""Mints or verifies tokens with PyJWT or jwcrypto. Reads one JSON object a line, answers one a line.

mint:   {"do": "mint", "with": "pyjwt", "alg": ..., "jwk": {...}, "claims": {...}}    -> {"token": ...}
verify: {"do": "verify", "with": "pyjwt", "alg": ..., "jwk": {...}, "token": ...}     -> {"claims": ...} or {"error": ...}
rsa:    {"do": "rsa", "bits": 2048}                                                   -> {"jwk": {...}, "pem": ...}
print:  {"do": "thumbprint", "jwk": {...}}                                            -> {"thumbprint": ...}
"""

import json
import sys

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwcrypto import jwk, jwt as crypto_jwt


def pyjwt_mint(alg, key, claims):
    return jwt.encode(claims, jwt.PyJWK(key, algorithm=alg).key, algorithm=alg, headers={"kid": key.get("kid", "k")})


def pyjwt_verify(alg, key, token):
    return jwt.decode(token, jwt.PyJWK(key, algorithm=alg).key, algorithms=[alg], audience="us")


def jwcrypto_mint(alg, key, claims):
    header = {"alg": alg, "typ": "JWT", "kid": key.get("kid", "k")}
    token = crypto_jwt.JWT(header=header, claims=claims)
    token.make_signed_token(jwk.JWK(**key))
    return token.serialize()


def jwcrypto_verify(alg, key, token):
    return json.loads(crypto_jwt.JWT(jwt=token, key=jwk.JWK(**key), algs=[alg], expected_type="JWS").claims)


def make_rsa(bits):
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"jwk": json.loads(jwk.JWK.from_pem(pem).export()), "pem": pem.decode()}


def answer(request):
    do, peer = request["do"], request.get("with")
    if do == "rsa":
        return make_rsa(request["bits"])
    if do == "thumbprint":
        return {"thumbprint": jwk.JWK(**request["jwk"]).thumbprint()}
    if do == "mint":
        mint = {"pyjwt": pyjwt_mint, "jwcrypto": jwcrypto_mint}[peer]
        return {"token": mint(request["alg"], request["jwk"], request["claims"])}
    verify = {"pyjwt": pyjwt_verify, "jwcrypto": jwcrypto_verify}[peer]
    try:
        return {"claims": verify(request["alg"], request["jwk"], request["token"])}
    except Exception as error:
        return {"error": repr(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))

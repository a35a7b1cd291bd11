#!/usr/bin/env bash
# Usage: scripts/token.sh SUBJECT [ROLE...]
#
# Prints a token for SUBJECT, good for an hour, for trying a service by hand: signed by HS256 (RFC 7515) with the secret
# in VIGIE_AUTH_SECRET, issued by VIGIE_AUTH_ISSUER for VIGIE_AUTH_AUDIENCE, as the service has them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

(($# > 0)) || die "usage: scripts/token.sh SUBJECT [ROLE...]"
for name in VIGIE_AUTH_SECRET VIGIE_AUTH_ISSUER VIGIE_AUTH_AUDIENCE; do
    [[ -n ${!name:-} ]] || die "$name is not set: give it the service's own value"
done
for word in "$@" "$VIGIE_AUTH_ISSUER" "$VIGIE_AUTH_AUDIENCE"; do
    [[ $word =~ ^[A-Za-z0-9._:/-]+$ ]] || die "$word: only letters, digits and . _ : / - here"
done
command -v openssl >/dev/null || die "openssl is missing: install Debian's package openssl"

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

subject=$1
shift
roles=$(printf '"%s",' "$@")
(($#)) || roles=
now=$(date +%s)
claims=$(printf '{"iss":"%s","aud":"%s","sub":"%s","iat":%d,"exp":%d,"roles":[%s]}' \
    "$VIGIE_AUTH_ISSUER" "$VIGIE_AUTH_AUDIENCE" "$subject" "$now" "$((now + 3600))" "${roles%,}")
input=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(printf '%s' "$claims" | base64url)
# openssl takes the secret as an argument, which other users of the machine can see: for development alone.
key=$(printf '%s' "$VIGIE_AUTH_SECRET" | od -An -v -tx1 | tr -d ' \n')
signature=$(printf '%s' "$input" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64url)
printf '%s.%s\n' "$input" "$signature"

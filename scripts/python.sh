#!/usr/bin/env bash
# Usage: scripts/python.sh
#
# Makes .vigie/python, the virtual environment of the Python packages that tests compare with. Does
# nothing, offline, while it is there and made from the list below.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(h11==0.16.0 llhttp==9.3.0.0 openapi-spec-validator==0.9.0)
imports='import h11, llhttp, openapi_spec_validator'

venv=.vigie/python
stamp=$(printf '%s\n' "$root" "${packages[@]}" "$imports" | sha256sum)
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
printf '%s\n' "$stamp" >"$venv/stamp"

#!/usr/bin/env bash
# Usage: [SYSTEM=hometrip] [DETACH=1] scripts/up.sh [OPTION...]
#
# Builds the system and starts it with all that it needs: see `vigie up --help`. Runs until Ctrl-C; with DETACH=1, returns
# when all is ready, and scripts/down.sh ends it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

system=${SYSTEM:-hometrip}

scripts/ensure.sh up
build_system "$system"
options=()
[[ ${DETACH:-} != 1 ]] || options+=(--detach)
# In the place of this script, so that Ctrl-C and signals are the supervisor's.
exec .build/release/vigie up "$system" "${options[@]}" "$@"

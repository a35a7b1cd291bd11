#!/usr/bin/env bash
# Usage: scripts/drill.sh system|rollout|outage [ARGUMENT...]
#
# Builds what a drill needs for release, and runs it: real processes under load, a table on stdout. Exits with 0 when all went as
# it must. `scripts/drill.sh rollout --help` tells the arguments.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A drill needs what building and starting a system needs.
scripts/ensure.sh up
if [[ ${1:-} == system ]]; then
    scripts/build.sh vigie hometrip system-drill >&2
    exec .build/release/system-drill "${@:2}"
fi
scripts/build.sh vigie DrillService DrillLoad service-drill >&2
exec .build/release/service-drill "$@"

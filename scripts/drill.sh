#!/usr/bin/env bash
# Usage: scripts/drill.sh rollout|outage [ARGUMENT...]
#
# Builds what a drill needs for release, and runs it: real processes under load, a table on stdout. Exits with 0 when no call
# failed. `scripts/drill.sh rollout --help` tells the arguments.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A drill needs what building the example server needs.
scripts/ensure.sh up
build_release vigie DrillService DrillLoad service-drill >&2
exec .build/release/service-drill "$@"

#!/usr/bin/env bash
# Usage: scripts/drill-gateway.sh overload|idle|soak [ARGUMENT...]
#
# Builds the gateway and the example server for release, and drills the gateway: twice the load that a service can take, 10 000
# idle connections, or minutes at full load. Prints a table. `scripts/drill-gateway.sh --help` tells the arguments.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/ensure.sh bench
scripts/build.sh vigie hello >&2
exec python3 Benchmarks/gateway/drill.py "$@"

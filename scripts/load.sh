#!/usr/bin/env bash
# Usage: scripts/load.sh [ARGUMENT...]
#
# Builds HomeTrip for release and calls all of it with wrk over TLS: requests, times, who uses the CPUs, memory, and whether the
# dashboards agree. Prints tables. `scripts/load.sh --help` tells the arguments.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/ensure.sh up
scripts/ensure.sh bench
scripts/build.sh vigie hometrip >&2
exec python3 Benchmarks/system/load.py "$@"

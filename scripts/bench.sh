#!/usr/bin/env bash
# Usage: scripts/bench.sh [ARGUMENT...]
#
# Runs the benchmarks: Benchmarks/run.sh, which gets the arguments, once what it needs is installed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ -x Benchmarks/run.sh ]] || die "there is no Benchmarks/run.sh to run"
scripts/ensure.sh bench
scripts/build.sh hello bare-proxy notes metrics-figures registry-figures vigie >&2
exec Benchmarks/run.sh "$@"

#!/usr/bin/env bash
# Prints a Markdown table of service servers, of the C and Swift epoll floors, and of EXTRA_SERVERS. See README.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

go_libraries=/usr/share/gocode/src
need_packages gcc wrk python3 go:golang-go node:nodejs \
    $go_libraries/github.com/prometheus/client_golang:golang-github-prometheus-client-golang-dev \
    $go_libraries/go.opentelemetry.io/otel:golang-opentelemetry-otel-dev
export SRV_VENV=${SRV_VENV:-$checkout/.vigie/servers-venv}
need_venv "$SRV_VENV" uvicorn fastapi uvicorn uvloop httptools \
    prometheus-client opentelemetry-sdk opentelemetry-instrumentation-fastapi ||
    echo "FastAPI could not be installed, left out" >&2

export PYTHONPATH=$checkout/Benchmarks PYTHONDONTWRITEBYTECODE=1
exec python3 -m peers.servers "$@"

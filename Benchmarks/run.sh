#!/usr/bin/env bash
# Measures our release build beside floors and peers on one pinned core; Markdown on stdout, progress on stderr.
# usage: Benchmarks/run.sh [--write]      quick look: DUR=2 RUNS=1 WARM=1 Benchmarks/run.sh
# See peers/README.md.
set -euo pipefail
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Debian keeps daemons such as nginx out of an ordinary user's PATH.
export PATH=$PATH:/usr/sbin

missing=()
for tool in python3 gcc wrk; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
if [[ ${#missing[@]} -gt 0 ]]; then
    echo "missing: ${missing[*]}. On Debian: apt-get install python3 gcc libc6-dev wrk" >&2
    exit 1
fi

export PYTHONPATH=$benchmarks PYTHONDONTWRITEBYTECODE=1
exec python3 -m figures "$@"

#!/usr/bin/env bash
# Usage: [SYSTEM=hometrip] scripts/down.sh
#
# Ends what scripts/up.sh started, the edge first and stores last; its data stays in .vigie.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ! -x .build/release/vigie ]]; then
    # Nothing was ever built, so nothing runs.
    echo "nothing is up here"
    exit 0
fi
exec .build/release/vigie down

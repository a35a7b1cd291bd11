#!/usr/bin/env bash
# Usage: scripts/down.sh
#
# Stops the example server that scripts/up.sh started: asks it to finish what it is doing, and ends
# it after 30 seconds, or at once on Ctrl-C.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if ! pid=$(running_pid); then
    rm -f "$pid_file"
    echo "hello is not running."
    exit 0
fi

kill_group() {
    kill -KILL -- "-$pid" 2>/dev/null || true
}
trap kill_group INT

kill -TERM "$pid" 2>/dev/null || true
deadline=$((SECONDS + 30))
while running_pid >/dev/null; do
    if ((SECONDS >= deadline)); then
        echo "hello did not finish within 30 seconds: killing it." >&2
        kill_group
        sleep 1 || true
        ! running_pid >/dev/null || die "process $pid could not be killed"
        break
    fi
    sleep 0.1 || true
done
rm -f "$pid_file"
echo "hello is stopped."

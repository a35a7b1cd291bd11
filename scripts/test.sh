#!/usr/bin/env bash
# Usage: scripts/test.sh [SWIFT-TEST-ARGUMENT...]
#
# Builds everything and runs the tests, with their output in .build/test.log too. Ends with the
# issues that tests recorded (at most 60 lines), the number of tests skipped, then "N passed, N failed"; exits as
# `swift test` does.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/ensure.sh test
scripts/python.sh
export TEST_PYTHON=$root/.vigie/python/bin/python
# All peers are installed now: tests that find one missing fail instead of being skipped.
export TEST_REQUIRE_PEERS=1

# Tests open thousands of sockets.
hard=$(ulimit -Hn)
if [[ $hard != unlimited ]] && ((hard < 65536)); then
    ulimit -Hn 65536 2>/dev/null || true
fi
ulimit -Sn "$(ulimit -Hn)"

build_and_test() {
    swift build --build-tests --explicit-target-dependency-import-check error || return
    scripts/fuzz.sh --check || return
    # What the optimizer makes of the whole stack: it has crashed where debug builds were well.
    scripts/build.sh notes || return
    # One after another: many hold a server to times of some ten milliseconds, which on two cores the tests beside them
    # would eat up.
    # Line by line, so that the log names the test that hangs.
    SWIFT_BACKTRACE=enable=no stdbuf -oL swift test --skip-build --disable-xctest --no-parallel "$@" &
    local tests=$! watch ended=0
    end_silence "$tests" &
    watch=$!
    # A background job does not hear Ctrl-C by itself.
    trap 'end_tree "$watch"; end_tree "$tests"; exit 130' INT TERM
    wait "$tests" || ended=$?
    end_tree "$watch"
    wait "$watch" 2>/dev/null || true
    return "$ended"
}

# How long a test may say nothing before it counts as hanging.
silence=300

# end_silence PID: when the log stands still for too long, names the test that hangs and ends the run of PID.
end_silence() {
    while sleep 5; do
        (($(date +%s) - $(stat -c %Y .build/test.log) > silence)) || continue
        echo "Nothing was said for $silence s: the last test that started hangs. The run is ended." >&2
        end_tree "$1"
        return
    done
}

# end_tree PID: kills a process and all that it started.
end_tree() {
    local child
    for child in $(pgrep -P "$1"); do end_tree "$child"; done
    kill -KILL "$1" 2>/dev/null || true
}

mkdir -p .build
status=0
build_and_test "$@" 2>&1 | tee .build/test.log || status=${PIPESTATUS[0]}

# count MARK END: how many tests of the log ended so.
count() {
    # What a test says may stand in front on the same line.
    LC_ALL=C grep -aoE "$1 Test .* $2" .build/test.log |
        LC_ALL=C grep -acvE "^$1 Test (run with|case passing) " || true
}
passed=$(count ✔ 'passed after [0-9.]+ seconds')
failed=$(count ✘ 'failed after [0-9.]+ seconds')
skipped=$(count ➜ '(skipped[.:]|was cancelled)')
# The run's own number is exact; of two results on one line only one is seen here.
total=$(LC_ALL=C grep -aoE 'Test run with [0-9]+ tests? in [0-9]+ suites? (passed|failed)' .build/test.log |
    tail -1 | tr -dc '0-9 ' | awk '{print $1}' || true)
if [[ -n $total ]]; then passed=$((total - failed - skipped)); fi
if ((status != 0 && failed == 0)); then
    failed=1
    echo "The build failed, or the test run ended before it was done: see above." >&2
elif ((status == 0 && passed + failed == 0)); then
    status=1
    echo "No test ran." >&2
fi
if ((status != 0)); then
    echo "What was recorded:"
    LC_ALL=C grep -aE -A 2 '✘ Test .* recorded an issue' .build/test.log | LC_ALL=C grep -aE 'recorded an issue|↳' |
        cut -c 1-400 | head -60 || true
    LC_ALL=C grep -aE '✘ (Test|Suite) .* failed after' .build/test.log | head -20 || true
fi
echo "$skipped skipped"
echo "$passed passed, $failed failed"
exit "$status"

#!/usr/bin/env bash
# Usage: [PORT=8080] [DETACH=1] scripts/up.sh
#
# Builds the example server and starts it, on the next free port when PORT is taken. Runs until
# Ctrl-C; with DETACH=1, returns when the server answers, and scripts/down.sh stops it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

port=${PORT:-8080}
if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then
    die "PORT must be 1 to 65535, not '$port'"
fi

# is_taken PORT: whether something listens there, on any address.
is_taken() {
    # Lines of /proc/net/tcp: number, local address, remote address, state (0A: listening), ...
    awk -v port="$(printf ':%04X' "$1")" '
        $4 == "0A" && substr($2, length($2) - 4) == port { taken = 1 }
        END { exit !taken }' /proc/net/tcp*
}

# announce WORDS: where the server is and what to ask it first.
announce() {
    local address
    address=$(running_address)
    printf '%s %s\nTry:  curl -i %s/\nStop: %s\n' "$1" "$address" "$address" "$2"
}

scripts/ensure.sh up
mkdir -p .vigie
# Of two that start at once, the second finds the first one's server.
exec 9<.vigie
flock 9

if running_pid >/dev/null; then
    announce "hello is already up at" "make down"
    exit 0
fi
rm -f "$pid_file"

build_release hello 9<&-
binary=$(readlink -f .build/release/hello)

wanted=$port
while is_taken "$port"; do
    ((++port <= 65535 && port <= wanted + 100)) || die "no free port from $wanted on"
done
if ((port != wanted)); then
    echo "Port $wanted is taken by another program: using $port instead."
fi

pid=
follower=
# Stops everything that was started; called on every way out that leaves no server behind.
stop() {
    trap - EXIT
    trap '' TERM HUP
    if [[ -n $pid ]]; then
        scripts/down.sh >/dev/null || true
        # Only when it was interrupted before it was hello.
        kill "$pid" 2>/dev/null || true
    fi
    if [[ -n $follower ]]; then
        kill "$follower" 2>/dev/null || true
    fi
}
interrupted() {
    # A second Ctrl-C reaches scripts/down.sh only.
    trap : INT
    echo
    echo "Stopping hello."
    stop
    exit 0
}
trap stop EXIT
trap interrupted INT TERM HUP

# A process group of its own, so that Ctrl-C reaches it only as an orderly stop; a shell's background
# commands ignore SIGINT unless it's given back. In the foreground it never outlives this script.
start=(setsid env "--default-signal=INT,QUIT")
if [[ ${DETACH:-} != 1 ]]; then
    start+=(setpriv --pdeathsig TERM)
fi
: >"$log_file"
"${start[@]}" "$binary" --port "$port" >"$log_file" 2>&1 </dev/null 9<&- &
pid=$!
echo "$pid" >"$pid_file"

deadline=$((SECONDS + 10))
until [[ -n $(running_address) ]] && curl -s -o /dev/null --max-time 2 "$(running_address)/"; do
    if ! kill -0 "$pid" 2>/dev/null; then
        tail -n 5 "$log_file" >&2
        die "hello ended before it answered (its last lines are above)"
    fi
    if ((SECONDS >= deadline)); then
        tail -n 5 "$log_file" >&2
        die "hello did not answer within 10 seconds (its last lines are above)"
    fi
    sleep 0.05
done
exec 9<&-

if [[ ${DETACH:-} == 1 ]]; then
    trap - EXIT
    announce "hello is up at" "make down   (log: $log_file)"
    exit 0
fi

announce "hello is up at" "Ctrl-C"
tail -n +2 --pid="$pid" -f "$log_file" &
follower=$!
status=0
wait "$pid" 2>/dev/null || status=$?
# Ended by itself or by `make down`: not by Ctrl-C, which ends this script.
wait "$follower" || true
rm -f "$pid_file"
trap - EXIT
((status == 0)) || die "hello ended with status $status"

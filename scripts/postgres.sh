#!/usr/bin/env bash
# Usage: scripts/postgres.sh start [PORT]    starts a PostgreSQL of this checkout's own and prints its URL
#        scripts/postgres.sh stop            stops it; its data stays
#        scripts/postgres.sh remove          stops it and removes its data
#
# For examples and benchmarks. It listens on a Unix socket and on 127.0.0.1:PORT (default 5434), without a password on
# the socket. Started as root it runs as the user postgres. POSTGRES_FOLDER names another place than .vigie/postgres, or
# /var/tmp/vigie-postgres for root, whose home others may not enter.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

default_folder=$root/.vigie/postgres
((EUID != 0)) || default_folder=/var/tmp/vigie-postgres
folder=${POSTGRES_FOLDER:-$default_folder}
data=$folder/data

programs=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1) ||
    die "PostgreSQL is missing: install Debian's package postgresql"

# as_server COMMAND...: the server refuses to run as root.
as_server() {
    if ((EUID == 0)); then
        (cd "$folder" && setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
    else
        "$@"
    fi
}

is_running() { as_server "$programs/pg_ctl" -D "$data" status >/dev/null 2>&1; }

start() {
    local port=${1:-5434}
    if ! [[ $port =~ ^[0-9]+$ ]] || ((port < 1 || port > 65535)); then
        die "$port is no port"
    fi
    mkdir -p "$folder"
    chmod 755 "$folder"
    ((EUID != 0)) || chown postgres "$folder"
    if [[ ! -e $data/PG_VERSION ]]; then
        echo "postgres.sh: making a database cluster in $data" >&2
        rm -rf "$data"
        as_server "$programs/initdb" -D "$data" -U postgres -E UTF8 --locale=C --auth-local=trust \
            --auth-host=scram-sha-256 >"$folder/initdb.log" 2>&1 ||
            die "initdb failed: see $folder/initdb.log"
    fi
    if ! is_running; then
        as_server "$programs/pg_ctl" -D "$data" -w -l "$data/server.log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$folder'" start >/dev/null ||
            die "PostgreSQL did not start: see $data/server.log (is port $port in use? name another one)"
    fi
    port=$(sed -n 4p "$data/postmaster.pid")
    echo "host=$folder port=$port user=postgres dbname=postgres"
}

stop() {
    [[ -d $data ]] && is_running || return 0
    as_server "$programs/pg_ctl" -D "$data" -w -m fast stop >/dev/null
}

case ${1:-} in
    start) start "${2:-}" ;;
    stop) stop ;;
    remove)
        stop
        rm -rf "$folder"
        ;;
    *) die "usage: scripts/postgres.sh start [PORT] | stop | remove" ;;
esac

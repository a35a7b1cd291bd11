#!/usr/bin/env bash
# Usage: scripts/ensure.sh TARGET...
#
# Makes sure that what the make targets TARGET... need is installed; installs the Debian packages
# that are missing, as root or through sudo. Does nothing, offline, when all is there. Never leaves
# a service running that a package brought along, nor set to start at the next boot.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Targets, what must be there, the Debian package that brings it ("?": go on without it).
#   NAME: a command; /PATTERN: a file; python-...: see is_there.
needs='
up,test,bench,lint,fuzz  git                              git
up,test,bench,lint,fuzz  /usr/lib/*/libcurl.so.4          libcurl4
up,test,bench,lint,fuzz  /usr/lib/*/libncurses.so.6       libncurses6
up,test,bench,lint,fuzz  /usr/lib/*/libsqlite3.so.0       libsqlite3-0
up,test,bench,lint,fuzz  /usr/lib/*/libxml2.so.2          libxml2
up,test,bench,fuzz       ld                               binutils
up,test,bench,fuzz       /usr/include/stdio.h             libc6-dev
up,test,bench,fuzz       /usr/include/postgresql/libpq-fe.h  libpq-dev
up,test,bench,fuzz       /usr/lib/gcc/*/*/libstdc++.so    libstdc++-12-dev
up,test,bench,fuzz       /usr/include/zlib.h              zlib1g-dev
up,test,bench,fuzz       /usr/include/*/curl/curl.h       libcurl4-openssl-dev
up,test,bench            /usr/include/openssl/evp.h       libssl-dev
up,test,bench            /usr/include/argon2.h            libargon2-dev
up,test,bench            curl                             curl
lint                     shellcheck                       shellcheck
test,bench               gcc                              gcc
up,test,bench            nginx                            nginx
up,test,bench            openssl                          openssl
test,bench               wrk                              wrk
test,bench               python3                          python3
test,bench               python-venv                      python3-venv
test                     python-headers                   python3-dev
up,test,bench            /usr/lib/postgresql/*/bin/initdb postgresql
test                     h2load                           nghttp2-client
test                     slowhttptest                     slowhttptest
test                     varnishtest                      varnish
test                     pgrep                            procps
up,test                  promtool                         prometheus
up,test                  prometheus-alertmanager          prometheus-alertmanager
test                     amtool                           prometheus-alertmanager
up,test                  prometheus-postgres-exporter     prometheus-postgres-exporter
test                     docker-compose                   docker-compose
test                     victoria-metrics                 victoria-metrics
test                     patroni                          patroni
test                     /usr/lib/python3/dist-packages/consul/__init__.py  python3-consul
bench                    go                               golang-go
bench                    haproxy                          haproxy
bench                    strace                           strace
bench                    valgrind                         valgrind
bench                    perf                             linux-perf?
'
swift_needed="Swift 6.3 or newer is needed: install it from https://www.swift.org/install/linux/"

# is_there NEED: whether a need of the table is met.
is_there() {
    case $1 in
        /*) compgen -G "$1" >/dev/null ;;
        python-venv) find_python >/dev/null ;;
        python-headers)
            local python
            python=$(find_python) && "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'
            ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# missing_packages TARGET...: prints the packages that the targets lack, one a line.
missing_packages() {
    local target targets need package
    while read -r targets need package; do
        for target in "$@"; do
            if [[ ,$targets, == *",$target,"* ]] && ! is_there "$need"; then
                printf '%s\n' "$package"
                break
            fi
        done
    done < <(sed '/^$/d' <<<"$needs")
}

# run_as_root COMMAND...: fails when this user cannot become root.
run_as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; } && sudo "$@"
    fi
}

# --- As root: `ensure.sh --install PACKAGE...`, called by this script itself. ---

policy=/usr/sbin/policy-rc.d
saved_policy=$policy.before-vigie
policy_mark='# Put here by vigie/scripts/ensure.sh while it installs packages.'
enabled_before=

enabled_units() {
    systemctl list-unit-files --state=enabled --no-legend --plain | awk '{ print $1 }' | sort
}

# Leaves the machine's policy as it was, and what came with the packages disabled.
clean_up() {
    trap '' INT TERM HUP
    if grep -qsF "$policy_mark" "$policy"; then
        rm -f "$policy"
    fi
    if [[ -e $saved_policy || -L $saved_policy ]] && [[ ! -e $policy ]]; then
        mv "$saved_policy" "$policy"
    fi
    if [[ -n $enabled_before ]]; then
        comm -13 <(printf '%s\n' "$enabled_before") <(enabled_units) |
            xargs -r systemctl --quiet disable || true
    fi
    rm -f "${install_log:-}"
}

install_as_root() {
    local package packages=() install
    # One at a time; the lock is dpkg's own folder, so that nothing is left of it.
    exec 9</var/lib/dpkg
    flock 9
    # What a run that was killed left behind.
    clean_up
    (($#)) || return 0
    echo "ensure.sh: installing ${*%\?}" >&2
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    install_log=$(mktemp)
    if [[ -d /run/systemd/system ]]; then
        enabled_before=$(enabled_units)
    fi
    if [[ -e $policy || -L $policy ]]; then
        mv "$policy" "$saved_policy"
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
    chmod 755 "$policy"

    export DEBIAN_FRONTEND=noninteractive
    dpkg --configure -a </dev/null >"$install_log" 2>&1 || true
    apt-get -qq update </dev/null ||
        echo "ensure.sh: apt-get update failed, going on with the packages known before" >&2
    for package in "$@"; do
        if [[ $package != *\? ]]; then
            packages+=("$package")
        elif [[ $(apt-cache policy "${package%\?}") == *"Candidate: "[0-9]* ]]; then
            packages+=("${package%\?}")
        fi
    done
    ((${#packages[@]})) || return 0
    install=(apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install)
    # Ctrl-C ends the download at once, but an installation only once it's complete: half installed
    # packages would start their services when something else completes them.
    if ! { "${install[@]}" --download-only "${packages[@]}" &&
        setsid --wait "${install[@]}" "${packages[@]}"; } </dev/null >"$install_log" 2>&1; then
        tail -n 20 "$install_log" >&2
        return 1
    fi
}

if [[ ${1:-} == --install ]]; then
    shift
    install_as_root "$@"
    exit
fi

# --- As whoever runs make. ---

(($#)) || die "usage: scripts/ensure.sh TARGET..."
for target in "$@"; do
    grep -qwF -- "$target" <<<"$(awk '{ print $1 }' <<<"$needs")" || die "unknown target: $target"
done

command -v swift >/dev/null || die "$swift_needed"

mapfile -t packages < <(missing_packages "$@")
if ((${#packages[@]})) || grep -qsF "$policy_mark" "$policy"; then
    status=0
    run_as_root bash "$root/scripts/ensure.sh" --install "${packages[@]}" || status=$?
    # Interrupted.
    ((status < 128)) || exit "$status"
    mapfile -t packages < <(missing_packages "$@" | grep -v '?$')
    if ((${#packages[@]})); then
        die "these Debian packages are missing and could not be installed: ${packages[*]};" \
            "as root, run: apt-get install --no-install-recommends ${packages[*]}"
    fi
fi

version=$(swift --version 2>&1 || true)
[[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] ||
    die "$swift_needed ($(command -v swift) does not tell its version)"
((BASH_REMATCH[1] > 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] >= 3))) ||
    die "$swift_needed (found ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} at $(command -v swift))"

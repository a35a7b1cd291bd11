# shellcheck shell=bash
# Sourced by the scripts beside it: installs what a run lacks, by way of scripts/ensure.sh.

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Debian keeps daemons such as nginx out of an ordinary user's PATH.
export PATH=$PATH:/usr/sbin

# need_packages COMMAND[:PACKAGE]... /FILE:PACKAGE...: installs the Debian packages that are missing,
# as root or through sudo; does nothing, offline, when all is there.
need_packages() {
    local entry have missing=()
    for entry in "$@"; do
        have=${entry%%:*}
        if [[ $have == /* ]]; then
            [[ -e $have ]] || missing+=("${entry##*:}")
        else
            command -v "$have" >/dev/null || missing+=("${entry##*:}")
        fi
    done
    ((${#missing[@]})) || return 0
    local install=(bash "$checkout/scripts/ensure.sh" --install "${missing[@]}")
    echo "installing: ${missing[*]}" >&2
    if ((EUID == 0)); then
        "${install[@]}" >&2
    elif command -v sudo >/dev/null; then
        sudo "${install[@]}" >&2
    else
        echo "missing, and there is no sudo to install them: ${missing[*]}" >&2
        return 1
    fi
}

# need_venv FOLDER PROGRAM REQUIREMENT...: makes the Python environment unless it has the program.
need_venv() {
    local folder=$1 program=$2
    shift 2
    [[ ! -x $folder/bin/$program ]] || return 0
    python3 -c 'import ensurepip' 2>/dev/null || need_packages ensurepip:python3-venv || return
    echo "installing into $folder: $*" >&2
    python3 -m venv "$folder" && "$folder/bin/pip" install -q "$@" >&2
}

# Sourced: installs Debian packages that are missing, as root or through sudo.
# usage: need_packages COMMAND[:PACKAGE] … [/a/file:PACKAGE] …
# Nothing is done when all is there; services that a package would start stay stopped.
need_packages() {
  local entry have package missing=()
  for entry in "$@"; do
    have=${entry%%:*} package=${entry##*:}
    if [[ $have == /* ]]; then [[ -e $have ]] || missing+=("$package")
    else command -v "$have" >/dev/null || missing+=("$package"); fi
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || {
      echo "missing: ${missing[*]}. Install them, or run as root." >&2
      return 1
    }
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}" >&2
  "${as_root[@]}" bash -euo pipefail -c '
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
      trap "rm -f $policy" EXIT
      printf "#!/bin/sh\nexit 101\n" >"$policy"
      chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@"' install "${missing[@]}" >&2
}

# usage: need_venv FOLDER PROGRAM REQUIREMENT …   makes the environment unless it has the program
need_venv() {
  local folder=$1 program=$2
  shift 2
  [[ ! -x $folder/bin/$program ]] || return 0
  python3 -c 'import ensurepip' 2>/dev/null || need_packages ensurepip:python3-venv
  echo "installing into $folder: $*" >&2
  python3 -m venv "$folder" && "$folder/bin/pip" install -q "$@" >&2
}

#!/usr/bin/env bash
# Usage: scripts/lint.sh
#
# Checks the format and style of all Swift code, all shell scripts, and that no file holds a merge left half done. (`swift format --in-place`
# with the same paths repairs most of what the first check finds.)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/ensure.sh lint

status=0
paths=()
for path in Sources Tests Examples Benchmarks Fuzz Package.swift; do
    [[ ! -e $path ]] || paths+=("$path")
done
if ((${#paths[@]})); then
    swift format lint --strict --recursive --parallel "${paths[@]}" || status=1
fi

mapfile -d '' shell_scripts < <(find . \( -path ./.build -o -path ./.vigie -o -path ./.git \) -prune -o \
    -type f \( -name '*.sh' -o -path ./.ci/run \) -print0)
shellcheck --external-sources --source-path=SCRIPTDIR "${shell_scripts[@]}" || status=1

if git grep -nE '^(<{7}|>{7}) ' -- .; then status=1; fi

((status == 0)) || die "there are complaints, see above"
echo "lint: no complaints."

#!/usr/bin/env bash
# Usage: scripts/lint.sh
#
# Checks the format and style of all Swift code, all shell scripts, that no file holds a merge left half done, and that every
# document that a file names or links to is there. (`swift format --in-place` with the same paths repairs most of what the first
# check finds.)
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

# By its name alone where code or text names one, by its path where a document links to one.
mapfile -t documents < <(git ls-files --cached --others --exclude-standard '*.md')
while IFS=: read -r file line name; do
    [[ " ${documents[*]##*/} " != *" $name "* ]] || continue
    echo "$file:$line: names $name, which is not there" >&2
    status=1
done < <(git grep --untracked -noIE '\b[A-Za-z0-9_][A-Za-z0-9_.-]*\.md\b' -- .)
while IFS=: read -r file line link; do
    link=${link:2:-1}
    [[ $link != *:* && ! -e $(dirname "$file")/${link%%#*} ]] || continue
    echo "$file:$line: links to $link, which is not there" >&2
    status=1
done < <(git grep --untracked -noIE '\]\([^)]+\)' -- '*.md')

((status == 0)) || die "there are complaints, see above"
echo "lint: no complaints."

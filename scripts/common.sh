# shellcheck shell=bash
# Sourced by the other scripts, not run: goes to the repository's root, finds the tools that are
# installed outside PATH, and defines what several scripts need.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1

# Debian keeps daemons such as nginx out of an ordinary user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# sudo and bare shells have a PATH without Swift: look where it is usually unpacked.
if ! command -v swift >/dev/null; then
    for directory in "${HOME:-/root}/.local/share/swiftly/bin" /opt/*/usr/bin /usr/local/*/usr/bin; do
        if [[ -x $directory/swift ]]; then
            PATH=$directory:$PATH
            break
        fi
    done
fi
export PATH

# die MESSAGE...: one line on stderr, then the end.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# find_python: prints the first Python 3 that can make virtual environments.
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import ensurepip, venv, sys; print(sys.executable)' 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

# build_release PRODUCT...: release builds with Swift's own libraries inside: one file to copy, and calls into them cost
# less (a twentieth of a request).
build_release() {
    local product
    for product in "$@"; do
        swift build -c release --static-swift-stdlib --product "$product" || return
    done
}

# build_system SYSTEM: what `vigie up SYSTEM` runs; says how long that takes the first time.
build_system() {
    if [[ ! -x .build/release/vigie ]]; then
        echo "Building for the first time: some minutes." >&2
    fi
    mkdir -p .vigie
    # A build that is up to date says nothing.
    if ! build_release vigie "$1" >.vigie/build.log 2>&1; then
        tail -n 30 .vigie/build.log >&2
        die "the build failed; all of it is in .vigie/build.log"
    fi
}

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

# profile_flags FLAG: the flags of `swift build`, one a line, that have the compiler take or use a profile. Names in it are the same in
# each checkout, and all code is made anew: whether an object is still good the compiler tells from the code alone, which does not
# change with the profile.
profile_flags() {
    local flag
    for flag in -Xfrontend "$1" -Xfrontend -disable-incremental-llvm-codegen -Xllvm -static-func-full-module-prefix=false; do
        printf '%s\n' -Xswiftc "$flag"
    done
}

# build_system SYSTEM: what `vigie up SYSTEM` runs; says how long that takes the first time.
build_system() {
    if [[ ! -x .build/release/vigie ]]; then
        echo "Building for the first time: some minutes." >&2
    fi
    mkdir -p .vigie
    # A build that is up to date says nothing.
    if ! scripts/build.sh vigie "$1" >.vigie/build.log 2>&1; then
        tail -n 30 .vigie/build.log >&2
        die "the build failed; all of it is in .vigie/build.log"
    fi
}

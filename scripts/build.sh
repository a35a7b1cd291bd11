#!/usr/bin/env bash
# Usage: scripts/build.sh PRODUCT...
#
# Builds products for release, the way all programs of this repository are measured and shipped: with Swift's own libraries inside
# (one file to copy, and calls into them cost less) and by the profile of how often each piece of code runs under load
# (deploy/release.profdata.gz, see scripts/profile.sh), which takes an eighth off a request's CPU time. Code that changed since the
# profile was taken is built without it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ $# -gt 0 ]] || die "which product? scripts/build.sh vigie hometrip"

# Its name tells its content: that is how the build sees that there is another one.
profile=deploy/release.profdata.gz
used=$root/.build/profile-$(sha256sum "$profile" | cut -c 1-16).profdata
if [[ ! -e $used ]]; then
    mkdir -p .build
    gzip --decompress --stdout "$profile" >"$used.$$"
    mv "$used.$$" "$used"
fi

mapfile -t flags < <(profile_flags "-ir-profile-use=$used")
for product in "$@"; do
    swift build -c release --static-swift-stdlib "${flags[@]}" --product "$product"
done

#!/usr/bin/env bash
# Usage: scripts/profile.sh
#
# Takes the profile that release builds are made by: builds the programs with counters, puts them under the loads of the benchmarks,
# and writes how often each piece of code ran to deploy/release.profdata.gz. Takes about a quarter of an hour. The figures of this run are
# those of the slower programs, and are not kept.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/ensure.sh up
scripts/ensure.sh bench

scratch=$root/.build/profile
raw=$scratch/raw
bin=$scratch/release
mapfile -t flags < <(profile_flags -ir-profile-generate)
for product in vigie hometrip hello bare-proxy notes registry-figures; do
    # The last flag brings the library that writes the counts when the program ends.
    swift build -c release --static-swift-stdlib --scratch-path "$scratch" "${flags[@]}" \
        -Xswiftc -Xclang-linker -Xswiftc -fprofile-generate --product "$product" >&2
done

rm -rf "$raw"
mkdir -p "$raw"
export BENCH_TMP=$scratch/bench DUR=2 RUNS=1 WARM=1 QUIET=2 QUIET_WAIT=0 RETRY=0
# Each process writes a file of its own: one that was killed while it wrote spoils no other.
export LLVM_PROFILE_FILE=$raw/figures-%p.profraw
HELLO_BIN=$bin/hello BARE_PROXY_BIN=$bin/bare-proxy NOTES_BIN=$bin/notes \
    REGISTRY_FIGURES_BIN=$bin/registry-figures VIGIE_BIN=$bin/vigie \
    SCENARIOS=keepalive,close,echo,proxy,telemetry,database,registry Benchmarks/run.sh >"$scratch/figures.txt"
export LLVM_PROFILE_FILE=$raw/gateways-%p.profraw
VIGIE_BIN=$bin/vigie TURNS=1 PEERS=vigie,vigie+traces,vigie+keys EXTRA='' DUR=4 Benchmarks/peers/run.sh >"$scratch/gateways.txt"
export LLVM_PROFILE_FILE=$raw/system-%p.profraw
# It says no when the slower programs need too much memory or time, which matters elsewhere.
VIGIE_BIN=$bin/vigie python3 Benchmarks/system/load.py --seconds 5 --panel-seconds 0 >"$scratch/system.txt" || true

# Of the compiler's own LLVM: another one's may not know the format.
profdata=$(dirname "$(realpath "$(command -v swiftc)")")/llvm-profdata
for stage in figures gateways system; do
    "$profdata" merge --failure-mode=all --output "$scratch/$stage.profdata" "$raw/$stage"-*.profraw
done
# The gateway counts most: each request of a system passes through it.
"$profdata" merge --output "$scratch/all.profdata" \
    --weighted-input="1,$scratch/figures.profdata" \
    --weighted-input="4,$scratch/gateways.profdata" \
    --weighted-input="1,$scratch/system.profdata"
gzip -9 --no-name --stdout "$scratch/all.profdata" >deploy/release.profdata.gz
echo "deploy/release.profdata.gz: $("$profdata" show "$scratch/all.profdata" | grep "Total functions")"

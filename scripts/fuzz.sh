#!/usr/bin/env bash
# Usage: [FUZZ_SECONDS=60] scripts/fuzz.sh [--check]
#
# Fuzzes the parsers: builds each Fuzz/TARGET.swift with the sources it tests, and runs the targets
# one after the other, FUZZ_SECONDS in all, from what .build/fuzz/corpus-TARGET (first filled from
# Fuzz/seeds/TARGET) already covers. An input that breaks one is kept in .build/fuzz. With --check it says whether all targets
# would be built, and no more: sources that a target tests may have come to need others.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=${FUZZ_SECONDS:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "SECONDS must be a whole number above 0, not '$seconds'"
shopt -s nullglob
targets=(Fuzz/*.swift)
((${#targets[@]})) || die "there is no Fuzz/*.swift"

# compile ARGUMENT...: swiftc as the package is built, with what the fuzzer has to see.
compile() {
    swiftc -O -g -swift-version 6 -parse-as-library -sanitize=fuzzer,address \
        -enable-upcoming-feature ExistentialAny \
        -enable-upcoming-feature MemberImportVisibility \
        -enable-upcoming-feature NonisolatedNonsendingByDefault \
        -enable-upcoming-feature InternalImportsByDefault \
        -package-name vigie -I .build/fuzz "$@"
}

# build_module NAME: builds a module that is tested as others import it.
build_module() {
    compile -wmo -c -emit-module -emit-module-path ".build/fuzz/$1.swiftmodule" -module-name "$1" \
        "Sources/Platform/$1"/*.swift "Sources/Platform/$1"/*/*.swift -o ".build/fuzz/$1.o"
}

# sources_of TARGET: sets `sources` to what the target tests, `modules` to the modules that these import.
sources_of() {
    modules=()
    case $1 in
        FuzzToken) sources=(Sources/Platform/Tokens/Parsing/*.swift) modules=(JSON) ;;
        FuzzRegistry)
            sources=(Sources/Plane/Registry/{Model,Filter,API/Input}/*.swift Sources/Plane/Registry/Checks/ProbeAddress.swift)
            sources+=(Sources/Plane/Registry/State/{AgentIdentity,CatalogRegistration,CheckRegistration,Mutation,Refusal,WatchKey}.swift)
            sources+=(Sources/Plane/Registry/Storage/{ByteReader,ByteWriter,CheckCoding,CRC32,LogRecord,LogScan}.swift)
            sources+=(Sources/Plane/Registry/Storage/{Mutation+Coding,ObjectCoding}.swift)
            modules=(JSON)
            ;;
        FuzzFrames) sources=(Sources/Plane/Gateway/Tunnels/{EventScanner,FrameGate,FrameScanner}.swift) ;;
        FuzzTrace)
            sources=(Sources/Platform/Telemetry/Traces/{Traceparent,TraceState,TraceStateGrammar,Baggage,BaggageGrammar}.swift)
            sources+=(Sources/Platform/Telemetry/Traces/{ByteText,PercentCoding,Hexadecimal,SpanContext,SpanID,TraceID}.swift)
            sources+=(Sources/Platform/Telemetry/Traces/{RandomSource,Xoshiro}.swift Sources/Platform/Telemetry/Logs/OutputSpan+Text.swift)
            ;;
        FuzzDNS) sources=(Sources/Plane/Registry/DNS/Messages/*.swift) ;;
        FuzzJSON) sources=(Sources/Platform/JSON/*.swift Sources/Platform/JSON/*/*.swift) ;;
        *) sources=(Sources/Platform/HTTP/Messages/*.swift Sources/Platform/HTTP/Codec/*.swift) ;;
    esac
}

scripts/ensure.sh fuzz
mkdir -p .build/fuzz
each=$((seconds / ${#targets[@]}))
((each > 0)) || each=1
broken=0

check() {
    local file target module
    for file in "${targets[@]}"; do
        target=$(basename "$file" .swift)
        sources_of "$target"
        for module in "${modules[@]}"; do
            compile -emit-module -emit-module-path ".build/fuzz/$module.swiftmodule" -module-name "$module" \
                "Sources/Platform/$module"/*.swift "Sources/Platform/$module"/*/*.swift
        done
        compile -typecheck -module-name "$target" "${sources[@]}" "$file" || broken=1
    done
    ((broken == 0)) || die "fuzz targets can't be built, see above"
    echo "fuzz: ${#targets[@]} targets can be built."
}

case ${1:-} in
    '') ;;
    --check)
        check
        exit
        ;;
    *) die "there is no $1; usage: [FUZZ_SECONDS=60] scripts/fuzz.sh [--check]" ;;
esac

for file in "${targets[@]}"; do
    target=$(basename "$file" .swift)
    binary=.build/fuzz/$target
    corpus=.build/fuzz/corpus-$target
    log=.build/fuzz/$target.log
    sources_of "$target"
    echo "fuzz: building $target" >&2
    objects=()
    for module in "${modules[@]}"; do
        build_module "$module"
        objects+=(".build/fuzz/$module.o")
    done
    compile -use-ld=lld -module-name "$target" "${sources[@]}" "$file" "${objects[@]}" -o "$binary"
    mkdir -p "$corpus"
    if [[ -d Fuzz/seeds/$target ]]; then
        cp -R "Fuzz/seeds/$target/." "$corpus"
    fi

    echo "fuzz: running $target for $each seconds" >&2
    if SWIFT_BACKTRACE=enable=no "$binary" -max_total_time="$each" -rss_limit_mb=1024 -max_len=70000 \
        -timeout=5 -print_final_stats=1 -artifact_prefix=.build/fuzz/ "$corpus" >"$log" 2>&1; then
        awk -v target="$target" '
            /^stat::number_of_executed_units:/ { executions = $2 }
            /^stat::average_exec_per_sec:/ { rate = $2 }
            END { printf "%s: %d executions, %d exec/s, nothing found\n", target, executions, rate }' "$log"
    else
        broken=1
        tail -n 20 "$log" >&2
        input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
        echo "$target: broke; its output is in $log"
        if [[ -n $input ]]; then
            echo "  replay: SWIFT_BACKTRACE=enable=no $binary $input"
        fi
    fi
done
exit "$broken"

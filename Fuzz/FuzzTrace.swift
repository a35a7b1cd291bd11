/// Reads the input as `traceparent`, `tracestate` and `baggage`: what is taken of it is written in a form that is read as the
/// same, stays within its limits, and holds nothing that could not stand in a field.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrace(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let input = bytes.span
    if let context = Traceparent.parse(input) {
        precondition(context.isValid, "a context that names nothing")
        let text = Traceparent.format(context)
        precondition(Traceparent.parse(text.span) == context, "traceparent is read as another one")
    }
    checkState(TraceState(input))
    checkBaggage(Baggage(input))
    return 0
}

private func checkState(_ state: TraceState) {
    precondition(state.bytes.count <= TraceState.byteLimit && isFieldValue(state.bytes), "tracestate")
    precondition(TraceState(state.bytes.span) == state, "tracestate is read as another one")
    var changed = state
    precondition(changed.set("vigie", "1") && changed["vigie"] == "1", "an entry of ours is lost")
    precondition(changed.bytes.count <= TraceState.byteLimit, "tracestate grows")
}

private func checkBaggage(_ baggage: Baggage) {
    precondition(baggage.bytes.count <= Baggage.byteLimit && isFieldValue(baggage.bytes), "baggage")
    precondition(Baggage(baggage.bytes.span) == baggage, "baggage is read as another one")
    let all = baggage.all
    precondition(all.count <= Baggage.memberLimit && all.isEmpty == baggage.isEmpty, "baggage loses entries")
    for (name, value) in all.prefix(4) {
        var changed = baggage
        // A value that was repaired may be longer than what came.
        guard changed.set(name, value) else { continue }
        precondition(changed[name] == value, "a value is read as another one")
        changed.remove(name)
        precondition(changed[name] == nil, "an entry stays")
    }
}

private func isFieldValue(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == UInt8(ascii: "\t") }
}

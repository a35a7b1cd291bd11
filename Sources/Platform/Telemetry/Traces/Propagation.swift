public import HTTP

/// The headers that carry a trace from process to process (W3C Trace Context level 1, W3C Baggage).
public enum Propagation: Sendable {
    /// Which headers name the caller's span.
    public enum Format: Sendable, Hashable {
        /// `traceparent` and `tracestate` alone.
        case w3c
        /// Those, or B3 where there is no `traceparent`.
        case w3cOrB3
    }

    /// `traceparent`.
    public static let traceparent: HTTPFieldName = "traceparent"
    /// `tracestate`.
    public static let tracestate: HTTPFieldName = "tracestate"
    /// `baggage`.
    public static let baggage: HTTPFieldName = "baggage"
    /// `traceresponse`, which tells a client at the edge its trace (W3C Trace Context level 2, editors' draft).
    public static let traceresponse: HTTPFieldName = "traceresponse"

    /// The caller's span; nil without a valid one, which begins a new trace.
    ///
    /// Two `traceparent` fields are as invalid as a broken one, and `tracestate` counts only beside a valid one (§3.3).
    public static func extract(from fields: HTTPFields, format: Format = .w3c) -> SpanContext? {
        var count = 0
        var context: SpanContext?
        fields.forEachValue(of: traceparent) { value in
            count += 1
            context = count == 1 ? Traceparent.parse(value) : nil
        }
        guard count > 0 else { return format == .w3cOrB3 ? B3.extract(from: fields) : nil }
        context?.traceState = traceState(of: fields)
        return context
    }

    /// The vendors' entries, which count only beside a valid `traceparent`.
    static func traceState(of fields: HTTPFields) -> TraceState {
        combined(tracestate, of: fields, TraceState(), TraceState.init)
    }

    /// The application's names and values; empty without valid ones.
    public static func extractBaggage(from fields: HTTPFields) -> Baggage {
        combined(baggage, of: fields, Baggage(), Baggage.init)
    }

    /// Writes the span and the baggage in the place of what is there. A span that names no trace writes none.
    public static func inject(
        _ context: SpanContext,
        _ baggage: Baggage = Baggage(),
        into fields: inout HTTPFields
    ) {
        removeOwn(from: &fields)
        append(context, baggage, to: &fields)
    }

    /// The same where nothing is there under these names.
    private static func append(_ context: SpanContext, _ baggage: Baggage, to fields: inout HTTPFields) {
        if context.isValid {
            fields.append(traceparent, upTo: Traceparent.byteCount, isSafe: true) {
                Traceparent.append(context, to: &$0)
            }
            if !context.traceState.isEmpty { fields.append(tracestate, bytes: context.traceState.bytes) }
        }
        if !baggage.isEmpty { fields.append(Self.baggage, bytes: baggage.bytes) }
    }

    /// Writes span, baggage and the request's name in the place of what is there, and takes `other` out, which the caller adds:
    /// all that a call says beside its own fields, of which one look at each name finds that they are not there yet.
    package static func inject(
        _ context: SpanContext,
        _ baggage: Baggage,
        _ requestID: RequestID?,
        replacing other: HTTPFieldName,
        into fields: inout HTTPFields
    ) {
        var isFound = false
        fields.forEachField { _, name, _ in
            isFound =
                isFound || isOwn(name) || HTTPFields.isName(name, of: other)
                || name.count == 12 && HTTPFields.isName(name, "x-request-id")
        }
        if isFound {
            removeOwn(from: &fields)
            fields.remove(other)
            if requestID != nil { fields.remove(RequestID.header) }
        }
        append(context, baggage, to: &fields)
        requestID?.append(to: &fields)
    }

    /// Takes out what a caller said, which is mostly nothing: one look at each name's length.
    private static func removeOwn(from fields: inout HTTPFields) {
        var isFound = false
        fields.forEachField { _, name, _ in isFound = isFound || isOwn(name) }
        if isFound { fields.removeAll(where: isOwn) }
    }

    private static func isOwn(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 7: HTTPFields.isName(name, "baggage")
        case 10: HTTPFields.isName(name, "tracestate")
        case 11: HTTPFields.isName(name, "traceparent")
        default: false
        }
    }

    /// All values under `name` read as one list (RFC 9110 §5.3); one alone, as nearly always, is read in place.
    private static func combined<Value>(
        _ name: HTTPFieldName,
        of fields: HTTPFields,
        _ none: Value,
        _ parse: (Span<UInt8>) -> Value
    ) -> Value {
        var count = 0
        fields.forEachValue(of: name) { _ in count += 1 }
        guard count > 1 else {
            var value = none
            fields.forEachValue(of: name) { value = parse($0) }
            return value
        }
        var joined: [UInt8] = []
        fields.forEachValue(of: name) { text in
            for index in text.indices { joined.append(text[index]) }
            joined.append(UInt8(ascii: ","))
        }
        return parse(joined.span)
    }
}

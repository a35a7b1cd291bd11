public import HTTP

/// The headers of B3, read where a caller still sends them (openzipkin/b3-propagation); never written.
///
/// Single: `b3: {trace id}-{span id}[-{sampling state}[-{parent}]]`. Multiple: `X-B3-TraceId`, `X-B3-SpanId`,
/// `X-B3-Sampled`, `X-B3-Flags`. A trace id of 16 digits gets zeros in front. Without a state, the trace counts as
/// not sampled by its caller.
public enum B3: Sendable {
    /// Reads the single header, else the multiple ones; nil when neither is there or valid.
    public static func extract(from fields: HTTPFields) -> SpanContext? {
        if let value = fields.value(of: single) { return parse(value.span) }
        guard let trace = fields.value(of: traceID), let span = fields.value(of: spanID) else { return nil }
        let isDebug = fields.value(of: flags)?.elementsEqual("1".utf8) ?? false
        let isSampled = fields.value(of: sampled).map { isAffirmative($0.span) } ?? false
        return context(trace.span, span.span, isSampled: isDebug || isSampled)
    }

    /// Reads the single header's value.
    public static func parse(_ text: Span<UInt8>) -> SpanContext? {
        let dash = UInt8(ascii: "-")
        let first = ByteText.end(before: dash, in: text, 0..<text.count)
        guard first < text.count else { return nil }
        let second = ByteText.end(before: dash, in: text, (first + 1)..<text.count)
        let third = ByteText.end(before: dash, in: text, min(second + 1, text.count)..<text.count)
        var isSampled = false
        if second < text.count { isSampled = isAffirmative(text.extracting((second + 1)..<third)) }
        return context(
            text.extracting(0..<first),
            text.extracting((first + 1)..<second),
            isSampled: isSampled
        )
    }

    private static let single: HTTPFieldName = "b3"
    private static let traceID: HTTPFieldName = "x-b3-traceid"
    private static let spanID: HTTPFieldName = "x-b3-spanid"
    private static let sampled: HTTPFieldName = "x-b3-sampled"
    private static let flags: HTTPFieldName = "x-b3-flags"

    private static func context(_ trace: Span<UInt8>, _ span: Span<UInt8>, isSampled: Bool) -> SpanContext? {
        guard trace.count == 32 || trace.count == 16, let trace = Hexadecimal.parse(trace), trace != 0,
            let span = SpanID(span)
        else { return nil }
        return SpanContext(
            traceID: TraceID(value: trace),
            spanID: span,
            isSampled: isSampled,
            isRemote: true
        )
    }

    /// `1`, `d` (debug), and `true`, which old senders write.
    private static func isAffirmative(_ text: Span<UInt8>) -> Bool {
        if text.count == 1 { return text[0] == UInt8(ascii: "1") || text[0] == UInt8(ascii: "d") }
        return ByteText.equals(text, 0..<text.count, "true".utf8)
    }
}

/// The header `traceparent` (W3C Trace Context level 1 §3.2): version, trace id, parent id and flags.
public enum Traceparent: Sendable {
    /// The length of version 00, in bytes.
    static let byteCount = 55

    /// Reads a value without white space around it.
    ///
    /// Version 00 must be exactly 55 bytes. A later version is read by its first 55 bytes, behind which there is nothing
    /// or a `-` (§4.3); version `ff` is refused. Upper-case digits, all-zero ids and any other form are refused.
    /// - Returns: the context with an empty trace state; nil for an invalid value, which starts a new trace.
    public static func parse(_ text: Span<UInt8>) -> SpanContext? {
        guard text.count >= byteCount, isDelimited(text),
            let version = Hexadecimal.parse(text.extracting(0..<2)), version != 0xff,
            let traceID = TraceID(text.extracting(3..<35)),
            let spanID = SpanID(text.extracting(36..<52)),
            let flags = Hexadecimal.parse(text.extracting(53..<55))
        else { return nil }
        guard text.count == byteCount || version != 0 && text[byteCount] == dash else { return nil }
        return SpanContext(traceID: traceID, spanID: spanID, isSampled: flags & 1 == 1, isRemote: true)
    }

    /// Writes the context in version 00; of the flags only `sampled` is set or not (§3.2.2.5.2).
    public static func format(_ context: SpanContext) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(addingCapacity: byteCount) { append(context, to: &$0) }
        return bytes
    }

    /// Adds the same: ``byteCount`` bytes.
    static func append(_ context: SpanContext, to out: inout OutputSpan<UInt8>) {
        append(context, isSampled: context.isSampled, to: &out)
    }

    /// The same, sampled or not whatever the context says.
    static func append(_ context: SpanContext, isSampled: Bool, to out: inout OutputSpan<UInt8>) {
        out.append("00-")
        Hexadecimal.append(context.traceID.value, to: &out)
        out.append(dash)
        Hexadecimal.append(context.spanID.value, to: &out)
        out.append(isSampled ? "-01" : "-00")
    }

    private static let dash = UInt8(ascii: "-")

    private static func isDelimited(_ text: Span<UInt8>) -> Bool {
        text[2] == dash && text[35] == dash && text[52] == dash
    }
}

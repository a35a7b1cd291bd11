/// How much one span may hold; what is over is counted (OpenTelemetry SDK, "Span Limits").
public struct SpanLimits: Sendable, Hashable {
    /// Attributes of a span, an event or a link. Default 128.
    public var attributes = 128
    /// Events. Default 128.
    public var events = 128
    /// Links. Default 128.
    public var links = 128
    /// Bytes of a text; the rest is cut off. Default 4 096.
    public var textByteCount = 4096

    /// Takes the defaults.
    public init() {}

    /// A text that waits to be written: no longer than will be written, and a few bytes, as the cut is made between
    /// characters, later. What is cut has no secrets any more: half of one might not be known for what it is.
    func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let kept = min(textByteCount, 1 << 30) + 4
        guard text.count > kept else { return text }
        let safe = Redactor.standard.text(String(decoding: text, as: UTF8.self))
        return Array(safe.utf8.prefix(kept))[...]
    }

    /// The attributes that fit, cut to length, and how many don't.
    func bounded(_ attributes: Attributes) -> (kept: [Attribute], dropped: Int) {
        let list = attributes.list
        // As it is, which is the usual thing.
        if list.count <= self.attributes, list.allSatisfy({ !$0.value.isLonger(than: textByteCount) }) {
            return (list, 0)
        }
        let kept = list.prefix(self.attributes)
            .map { Attribute($0.key, $0.value.truncated(to: textByteCount)) }
        return (kept, attributes.count - kept.count)
    }
}

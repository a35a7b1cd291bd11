/// Encodes nothing and sends nothing: shows what recording alone costs.
public struct DiscardingSpanTransport: SpanTransport {
    /// Makes one.
    public init() {}
    /// No bytes.
    public func encode(_ spans: [SpanData]) -> [UInt8] { [] }
    /// No bytes; reads nothing of the spans.
    public func encode(ended spans: [EndedSpan]) -> [UInt8] { [] }
    /// Accepts.
    public func send(_ payload: [UInt8]) async -> SpanDelivery { .accepted(rejected: 0) }
}

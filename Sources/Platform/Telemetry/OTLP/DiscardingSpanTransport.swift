/// Encodes nothing and sends nothing: shows what recording alone costs.
public struct DiscardingSpanTransport: SpanTransport {
    /// Makes one.
    public init() {}
    /// No bytes; reads nothing of the spans.
    public func encode(_ spans: [EndedSpan]) -> [UInt8] { [] }
    /// Accepts.
    public func send(_ payload: [UInt8]) async -> SpanDelivery { .accepted(rejected: 0) }
}

/// Writes nothing and sends nothing: shows what recording alone costs.
public struct DiscardingSpanTransport: SpanTransport {
    /// Makes one.
    public init() {}
    /// Reads nothing of the span.
    public func append(_ span: EndedSpan, _ clock: WallClock, to bytes: inout [UInt8]) {}
    /// No bytes.
    public func payload(of batch: SpanBatch) -> [UInt8] { [] }
    /// Accepts.
    public func send(_ payload: [UInt8]) async -> SpanDelivery { .accepted(rejected: 0) }
}

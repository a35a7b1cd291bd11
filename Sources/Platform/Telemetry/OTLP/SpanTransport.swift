/// Carries batches of spans to where they are kept.
public protocol SpanTransport: Sendable {
    /// Writes a span behind others, on the thread that ends it.
    ///
    /// - Parameters:
    ///   - span: what was recorded.
    ///   - clock: turns its instants into dates.
    ///   - bytes: where others stand already, or none.
    func append(_ span: EndedSpan, _ clock: WallClock, to bytes: inout [UInt8])

    /// Adds what belongs around spans that were written. Called on a blocking pool.
    func payload(of batch: SpanBatch) -> [UInt8]

    /// Sends what ``payload(of:)`` made.
    func send(_ payload: [UInt8]) async -> SpanDelivery
}

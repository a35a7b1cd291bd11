/// Carries batches of spans to where they are kept.
public protocol SpanTransport: Sendable {
    /// Turns a batch into bytes. Called on a blocking pool.
    func encode(_ spans: [SpanData]) -> [UInt8]

    /// Turns a batch into bytes, given as it was recorded: reading ``EndedSpan/data`` makes what is derived. Called on a
    /// blocking pool; by default ``encode(_:)`` with the data of all.
    func encode(ended spans: [EndedSpan]) -> [UInt8]

    /// Sends what ``encode(_:)`` made.
    func send(_ payload: [UInt8]) async -> SpanDelivery
}

extension SpanTransport {
    /// Encodes the data of all.
    public func encode(ended spans: [EndedSpan]) -> [UInt8] { encode(spans.map(\.data)) }
}

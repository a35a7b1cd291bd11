/// Carries batches of spans to where they are kept.
public protocol SpanTransport: Sendable {
    /// Turns a batch into bytes. Reading ``EndedSpan/data`` makes what is derived. Called on a blocking pool.
    func encode(_ spans: [EndedSpan]) -> [UInt8]

    /// Sends what ``encode(_:)`` made.
    func send(_ payload: [UInt8]) async -> SpanDelivery
}

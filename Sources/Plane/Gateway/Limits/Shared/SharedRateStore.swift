/// Buckets that several gateways share, so that a zone's limit is exact over all of them.
///
/// A store has its own clock: the gateways' clocks need not agree.
protocol SharedRateStore: Sendable {
    /// Takes `cost` tokens from a bucket, as ``RateSchedule/take(_:fullAt:at:)`` does.
    ///
    /// It must end soon after its task was cancelled: its time is bounded that way.
    ///
    /// - Throws: when the store can't be reached or gives no sense.
    func take(_ cost: Int, of bucket: SharedBucket, _ schedule: RateSchedule) async throws -> RateVerdict
}

/// Names a bucket for all gateways: a ``RateKey`` is of one process only.
struct SharedBucket: Sendable, Hashable {
    /// The zone's name.
    let zone: String
    /// The key's text: an address or its prefix, a subject, a digest of an API key.
    let key: String
}

/// What a bucket says of one request.
struct RateVerdict: Sendable, Hashable {
    /// Whether it passes.
    var isAllowed: Bool
    /// What the bucket holds when it is full.
    var limit: Int
    /// What could be taken at once behind this request.
    var remaining: Int
    /// The time until the bucket is full, when nothing more is taken.
    var nanosecondsUntilFull: Int64
    /// The time until this request would pass; 0 when it does.
    var retryAfterNanoseconds: Int64

    /// Seconds until the bucket is full, rounded up.
    var secondsUntilFull: Int { Self.seconds(nanosecondsUntilFull) }
    /// Seconds until this request would pass, rounded up and 1 at least: what `Retry-After` says.
    var retryAfterSeconds: Int { max(1, Self.seconds(retryAfterNanoseconds)) }

    private static func seconds(_ nanoseconds: Int64) -> Int {
        Int(nanoseconds / 1_000_000_000) + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0)
    }
}

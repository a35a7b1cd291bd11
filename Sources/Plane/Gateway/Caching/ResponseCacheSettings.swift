/// What the response cache may take, and how long requests wait for each other.
struct ResponseCacheSettings: Sendable, Equatable {
    /// Bytes of all answers kept, with what keeping them takes.
    var byteLimit = 64 << 20
    /// The largest content kept, in bytes; at most a part's share of ``byteLimit``. Larger ones pass through.
    var entryLimit = 1 << 20
    /// Parts with a lock each; a power of two.
    var partCount = 8
    /// How long a request waits for another one's answer at most; then it fetches for itself.
    var longestWait = Duration.seconds(5)
    /// How long requests don't wait for each other under a key whose answer could not be kept.
    var passTime = Duration.seconds(10)
    /// Bytes of contents that are being read whole, beside ``byteLimit``; an answer beyond it passes through.
    var fillLimit = 32 << 20
    /// Fetches for all at once.
    var mostFlights = 256
    /// Requests that wait, over all fetches.
    var mostWaiting = 10_000

    /// Makes the defaults.
    init() {}
}

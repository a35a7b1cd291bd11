public import Reactor

/// An issuer's keys as they were fetched last.
public struct KeySetSnapshot: Sendable {
    /// The keys.
    public let keys: KeySet
    /// Goes up each time that the keys change; what was verified under another one counts no more.
    public let generation: UInt64
    /// When the issuer was last asked with success.
    public let fetchedAt: MonotonicInstant
}

/// Tokens that were verified, so that the next request with the same one costs a look-up and no signature.
///
/// Keyed by the whole token (``TokenPlaces``). What is in it holds until the token's end; whether the issuer's keys have
/// changed since, and whether it was revoked, is for the caller to see by the value. When it is full, the entry that was
/// not used for longest goes, roughly. One for each loop: no lock.
public struct VerifiedTokenCache<Value: Sendable>: Sendable {
    private var tokens: TokenPlaces
    private var values: [Value] = []
    /// Look-ups that found a token.
    public private(set) var hits: UInt64 = 0
    /// Look-ups that found none.
    public private(set) var misses: UInt64 = 0

    /// Makes an empty cache of at most `capacity` tokens, 1 at least.
    public init(capacity: Int = 10_000) { tokens = TokenPlaces(capacity: capacity) }

    /// How many tokens are in it, those at their end too.
    public var count: Int { values.count }
    /// Whether none is in it.
    public var isEmpty: Bool { values.isEmpty }

    /// What is kept for the token with exactly these bytes, if that has not come to its end.
    public mutating func find(_ text: Span<UInt8>, at now: UnixTime) -> Value? {
        guard let place = tokens.find(text, at: now) else {
            misses += 1
            return nil
        }
        hits += 1
        return values[place]
    }

    /// Keeps a value for a token that was verified, in the place of what was kept for it before.
    public mutating func insert(_ text: Span<UInt8>, _ value: Value, until end: UnixTime) {
        let place = tokens.take(text, until: end)
        if place == values.count { values.append(value) } else { values[place] = value }
    }
}

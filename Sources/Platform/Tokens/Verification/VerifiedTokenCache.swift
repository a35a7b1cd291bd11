import Secrets

/// Tokens that were verified, so that the next request with the same one costs a look-up and no signature.
///
/// Keyed by the whole token: the keyed hash of its end (SipHash, its key is the process's own) finds the place, all bytes
/// decide. What is in it holds until the token's end; whether the issuer's keys have changed since, and whether it was
/// revoked, is for the caller to see by the value. When it is full, the entry that was not used for longest goes, roughly:
/// a hand goes round and spares once what was used since it came by. One for each loop: no lock.
public struct VerifiedTokenCache<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let hash: Int
        let text: [UInt8]
        let value: Value
        let end: UnixTime
        var wasUsed = false
    }

    private let capacity: Int
    private var entries: [Entry] = []
    private var places: [Int: Int] = [:]
    private var hand = 0
    /// Look-ups that found a token.
    public private(set) var hits: UInt64 = 0
    /// Look-ups that found none.
    public private(set) var misses: UInt64 = 0

    /// Makes an empty cache of at most `capacity` tokens, 1 at least.
    public init(capacity: Int = 10_000) { self.capacity = max(capacity, 1) }

    /// How many tokens are in it, those at their end too.
    public var count: Int { entries.count }

    /// What is kept for the token with exactly these bytes, if that has not come to its end.
    public mutating func find(_ text: Span<UInt8>, at now: UnixTime) -> Value? {
        guard let place = places[Self.hash(text)], isHit(entries[place], text, at: now) else {
            misses += 1
            return nil
        }
        hits += 1
        entries[place].wasUsed = true
        return entries[place].value
    }

    /// Keeps a value for a token that was verified, in the place of what was kept for it before.
    public mutating func insert(_ text: Span<UInt8>, _ value: Value, until end: UnixTime) {
        let hash = Self.hash(text)
        let entry = Entry(hash: hash, text: text.indices.map { text[$0] }, value: value, end: end)
        let place = places[hash] ?? freePlace()
        places[hash] = place
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
    }

    private func isHit(_ entry: Entry, _ text: Span<UInt8>, at now: UnixTime) -> Bool {
        now < entry.end && ConstantTime.areEqual(entry.text.span, text)
    }

    private mutating func freePlace() -> Int {
        guard entries.count == capacity else { return entries.count }
        while entries[hand].wasUsed {
            entries[hand].wasUsed = false
            hand = (hand + 1) % capacity
        }
        defer { hand = (hand + 1) % capacity }
        places[entries[hand].hash] = nil
        return hand
    }

    /// Of the token's end, which is its signature's and so differs where anything does. Only what was verified is in
    /// here: nobody can fill a place with what they like.
    private static func hash(_ text: Span<UInt8>) -> Int {
        var hasher = Hasher()
        // The span lends its bytes for this call.
        unsafe text.extracting(last: 40).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

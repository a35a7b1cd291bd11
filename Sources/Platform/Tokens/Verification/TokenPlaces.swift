/// Gives tokens places, from 0 on, and finds them again.
///
/// The keyed hash of a token's end (SipHash, its key is the process's own) finds the place, all bytes decide. When all
/// places are taken a hand goes round and spares once what was used since it came by. Not generic, as those who keep
/// something at the places are: their code is made for each kind at run time, this is looked at with each request.
struct TokenPlaces: Sendable {
    private struct Entry: Sendable {
        let hash: Int
        let text: [UInt8]
        let end: UnixTime
        var wasUsed = false
    }

    private let capacity: Int
    private var entries: [Entry] = []
    private var places: [Int: Int] = [:]
    private var hand = 0

    /// At most `capacity` places, 1 at least.
    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// The place of the token with exactly these bytes, if that has not come to its end.
    mutating func find(_ text: Span<UInt8>, at now: UnixTime) -> Int? {
        guard let place = places[Self.hash(text)], now < entries[place].end else { return nil }
        let known = entries[place].text
        guard Self.areEqual(known.span, text) else { return nil }
        entries[place].wasUsed = true
        return place
    }

    /// A place for a token: its own, the next one, or that of another one, which is forgotten.
    mutating func take(_ text: Span<UInt8>, until end: UnixTime) -> Int {
        let hash = Self.hash(text)
        let entry = Entry(hash: hash, text: text.indices.map { text[$0] }, end: end)
        let place = places[hash] ?? freePlace()
        places[hash] = place
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        return place
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

    /// Of the token's end, which is its signature's and so differs where anything does. Where more than what was verified
    /// is kept, those who send the same end again and again have one place.
    private static func hash(_ text: Span<UInt8>) -> Int {
        var hasher = Hasher()
        // The span lends its bytes for this call.
        unsafe text.extracting(last: 40).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// Whether both hold the same bytes: all are looked at, wherever they differ, eight at a time.
    private static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                var difference: UInt64 = 0
                var index = 0
                guard let one = left.baseAddress, let other = right.baseAddress else { return true }
                // Both spans lend `count` bytes for this call, and each load is within them; any 8 are a valid UInt64.
                while index &+ 8 <= left.count {
                    let first = unsafe one.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    let second = unsafe other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    difference |= first ^ second
                    index &+= 8
                }
                while index < left.count {
                    difference |= unsafe UInt64(left[index] ^ right[index])
                    index &+= 1
                }
                return difference == 0
            }
        }
    }
}

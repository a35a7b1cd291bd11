/// Finds keys that stand twice in one object, also when one of them is written with escapes.
enum JSONKeys {
    /// Up to so many keys are compared each with each, which is quicker than hashing them.
    private static let pairwiseCount = 12

    /// The index in `keys` of the first key that stands before as well.
    static func firstDuplicate(of keys: ArraySlice<JSONLexeme>, in bytes: Span<UInt8>) -> Int? {
        keys.count <= pairwiseCount ? pairwise(keys, bytes) : hashed(keys, bytes)
    }

    private static func pairwise(_ keys: ArraySlice<JSONLexeme>, _ bytes: Span<UInt8>) -> Int? {
        for index in keys.indices {
            for earlier in keys.startIndex..<index
            where JSONString.areEqual(keys[earlier], keys[index], in: bytes) {
                return index
            }
        }
        return nil
    }

    /// A table of half-filled slots, four bytes each. The hash has a random seed: no sender can choose collisions.
    private static func hashed(_ keys: ArraySlice<JSONLexeme>, _ bytes: Span<UInt8>) -> Int? {
        let mask = 1 << (Int.bitWidth - (keys.count * 2 - 1).leadingZeroBitCount) - 1
        var slots = [UInt32](repeating: .max, count: mask + 1)
        for index in keys.indices {
            var slot = hash(keys[index], bytes) & mask
            while slots[slot] != .max {
                if JSONString.areEqual(keys[Int(slots[slot])], keys[index], in: bytes) { return index }
                slot = (slot + 1) & mask
            }
            slots[slot] = UInt32(truncatingIfNeeded: index)
        }
        return nil
    }

    private static func hash(_ key: JSONLexeme, _ bytes: Span<UInt8>) -> Int {
        var hasher = Hasher()
        let span = bytes.extracting(key.range)
        if key.hasEscapes {
            // The pointer is used within the closure only, as below.
            unsafe JSONString.unescaped(span).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        } else {
            unsafe span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
        return hasher.finalize()
    }
}

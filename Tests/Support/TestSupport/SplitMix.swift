/// A small random generator with a seed that can be printed (Steele, Lea, Flood 2014).
package struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A number from 0 up to but not including `bound`.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// So many bytes at most, mostly out of `alphabet`.
    package mutating func bytes(upTo count: Int, of alphabet: String) -> [UInt8] {
        let likely = Array(alphabet.utf8)
        return (0..<below(count + 1)).map { _ in
            below(10) == 0 ? UInt8(truncatingIfNeeded: next()) : likely[below(likely.count)]
        }
    }
}

/// The generator xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021).
struct Xoshiro {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts from a seed; one that is all zero would give zeros for ever and is replaced.
    init(seed: (UInt64, UInt64, UInt64, UInt64)) {
        state = seed == (0, 0, 0, 0) ? (1, 2, 3, 4) : seed
    }

    mutating func next() -> UInt64 {
        let result = rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, by: 45)
        return result
    }

    private func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}

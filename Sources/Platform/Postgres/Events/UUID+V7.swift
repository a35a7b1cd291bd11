public import FoundationEssentials

extension UUID {
    /// A new UUID of version 7 (RFC 9562, section 5.7): 48 bits of the time in milliseconds, then random ones, so that
    /// ids made later sort later.
    public static func version7(at time: Date = Date()) -> UUID {
        var random = SystemRandomNumberGenerator()
        return version7(milliseconds: UInt64(max(0, time.timeIntervalSince1970 * 1_000)), using: &random)
    }

    static func version7(milliseconds: UInt64, using random: inout some RandomNumberGenerator) -> UUID {
        let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xfff, using: &random)
        let low = 0x8000_0000_0000_0000 | UInt64.random(in: 0...0x3fff_ffff_ffff_ffff, using: &random)
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 {
            UInt8(truncatingIfNeeded: word >> (56 - 8 * index))
        }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }
}

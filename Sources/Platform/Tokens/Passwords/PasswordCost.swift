/// What one guess at a password costs (RFC 9106 §3.1). The default is OWASP's for Argon2id.
public struct PasswordCost: Sendable, Equatable {
    /// Memory in KiB, `m`: 8 for each lane at least; default 19 456 (19 MiB).
    public var memoryKiB: UInt32 = 19_456
    /// How often the memory is gone over, `t`; default 2.
    public var passes: UInt32 = 2
    /// How many lanes can be computed side by side, `p`; default 1. libargon2 starts a thread for each but the first.
    public var lanes: UInt32 = 1

    /// The defaults.
    public init() {}

    /// More than any of these in a stored hash is taken for damage, not for a cost: 1 GiB, 64 passes, 64 lanes.
    static let limits = (memoryKiB: UInt32(1 << 20), passes: UInt32(64), lanes: UInt32(64))

    /// Reads the cost from the text form `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`; nil for another form.
    init?(encoded: String) {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else {
            return nil
        }
        let numbers = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 3, let memory = Self.number(numbers[0], after: "m="),
            let passes = Self.number(numbers[1], after: "t="),
            let lanes = Self.number(numbers[2], after: "p="),
            1...Self.limits.memoryKiB ~= memory, 1...Self.limits.passes ~= passes,
            1...Self.limits.lanes ~= lanes
        else { return nil }
        (memoryKiB, self.passes, self.lanes) = (memory, passes, lanes)
    }

    private static func number(_ text: Substring, after name: String) -> UInt32? {
        text.hasPrefix(name) ? UInt32(text.dropFirst(name.count)) : nil
    }
}

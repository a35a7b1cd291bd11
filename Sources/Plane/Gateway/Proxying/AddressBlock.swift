import Reactor

/// Addresses with a common beginning: `10.0.0.0/8`, `fd00::/8`, or one alone (RFC 4632 §3.1).
struct AddressBlock: Sendable, Hashable, CustomStringConvertible {
    private let address: UInt128
    private let bits: Int
    private let isIPv4: Bool

    /// Reads a block; nil for what is none, and where bits behind the prefix are set.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = SocketAddress(numericHost: String(parts[0]), port: 0),
            let (value, isIPv4) = Self.value(of: address)
        else { return nil }
        let width = isIPv4 ? 32 : 128
        var bits = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...width).contains(number) else { return nil }
            bits = number
        }
        guard value & ~Self.mask(bits, width) == 0 else { return nil }
        (self.address, self.bits, self.isIPv4) = (value, bits, isIPv4)
    }

    /// Whether an address is one of these.
    func contains(_ other: SocketAddress) -> Bool {
        guard let (value, isIPv4) = Self.value(of: other), isIPv4 == self.isIPv4 else { return false }
        return value & Self.mask(bits, isIPv4 ? 32 : 128) == address
    }

    /// As it was written, its prefix always with it.
    var description: String {
        let address: SocketAddress =
            isIPv4
            ? .ipv4(UInt32(address), port: 0) : .ipv6(address, port: 0, zone: 0)
        return "\(address.host)/\(bits)"
    }

    /// IPv4 in IPv6's clothes is IPv4 (RFC 4291 §2.5.5.2).
    private static func value(of address: SocketAddress) -> (UInt128, isIPv4: Bool)? {
        switch address {
        case .ipv4(let value, _): (UInt128(value), true)
        case .ipv6(let value, _, _) where value >> 32 == 0xFFFF: (value & 0xFFFF_FFFF, true)
        case .ipv6(let value, _, _): (value, false)
        case .unix: nil
        }
    }

    private static func mask(_ bits: Int, _ width: Int) -> UInt128 {
        guard bits > 0 else { return 0 }
        let ones: UInt128 = width == 128 ? .max : (1 << UInt128(width)) - 1
        return ones & ~((1 << UInt128(width - bits)) &- 1)
    }
}

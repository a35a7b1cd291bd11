package import Reactor

/// Whether an address belongs to the public Internet (IANA IPv4 and IPv6 Special-Purpose Address Registries).
package enum PublicAddress {
    package static func contains(_ address: SocketAddress) -> Bool {
        switch address {
        case .ipv4(let number, _): isPublic(number)
        case .ipv6(let number, _, _): isPublic(number)
        case .unix: false
        }
    }

    private static func isPublic(_ address: UInt32) -> Bool {
        !special4.contains { address >> (32 - $0.length) == $0.prefix >> (32 - $0.length) }
    }

    /// Global unicast is 2000::/3; the rest is special or not given out. An address that carries an IPv4 one counts as
    /// that one.
    private static func isPublic(_ address: UInt128) -> Bool {
        if let embedded = embedded(in: address) { return isPublic(embedded) }
        guard address >> 125 == 1 else { return false }
        return !special6.contains { address >> (128 - $0.length) == $0.prefix }
    }

    /// The IPv4 address in a mapped (RFC 4291 §2.5.5.2) or translated one (RFC 6052 §2.1).
    private static func embedded(in address: UInt128) -> UInt32? {
        let prefix = address >> 32
        guard prefix == 0xffff || prefix == 0x0064_ff9b_0000_0000_0000_0000 else { return nil }
        return UInt32(truncatingIfNeeded: address)
    }

    private static let special4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8),  // this network
        (0x0a00_0000, 8),  // private
        (0x6440_0000, 10),  // shared
        (0x7f00_0000, 8),  // loopback
        (0xa9fe_0000, 16),  // link-local, cloud metadata
        (0xac10_0000, 12),  // private
        (0xc000_0000, 24),  // protocol assignments
        (0xc000_0200, 24),  // documentation
        (0xc058_6300, 24),  // 6to4 relay
        (0xc0a8_0000, 16),  // private
        (0xc612_0000, 15),  // benchmarking
        (0xc633_6400, 24),  // documentation
        (0xcb00_7100, 24),  // documentation
        (0xe000_0000, 4),  // multicast
        (0xf000_0000, 4),  // reserved, broadcast
    ]

    /// The prefix's own bits, and how many.
    private static let special6: [(prefix: UInt128, length: UInt128)] = [
        (0x2001_0000 >> 9, 23),  // protocol assignments, Teredo, ORCHID
        (0x2001_0db8, 32),  // documentation
        (0x2002, 16),  // 6to4
        (0x3fff_0000 >> 12, 20),  // documentation
    ]
}

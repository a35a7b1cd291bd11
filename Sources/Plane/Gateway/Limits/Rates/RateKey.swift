import Reactor

/// Whose bucket is meant: 64 bits of a keyed hash.
///
/// Swift's `Hasher` is SipHash-1-3 with a key that each process draws at its start (it is fixed only where
/// `SWIFT_DETERMINISTIC_HASHING` is set, which is for debugging): nobody outside can find two keys that share a bucket, or
/// many that fall into one place of the table. Among a million keys two share a bucket with a probability of 3 · 10⁻⁸.
struct RateKey: Sendable, Hashable {
    /// The hash, never 0: that marks a slot that was never used.
    let hash: UInt64

    /// Takes a hash made elsewhere.
    init(hash: UInt64) { self.hash = max(1, hash) }

    /// The bucket of a client's address: an IPv4 address, also in its IPv6-mapped form, or an IPv6 address's /64 prefix.
    init(client: SocketAddress) {
        switch client {
        case .ipv4(let address, _): self.init(address: address)
        case .ipv6(let address, _, _) where address >> 32 == 0xffff:
            self.init(address: UInt32(truncatingIfNeeded: address))
        case .ipv6(let address, _, _):
            var hasher = Hasher()
            hasher.combine(0x60 as UInt8)
            hasher.combine(UInt64(truncatingIfNeeded: address >> 64))
            self.init(hasher)
        // All who come over a socket file are on this machine.
        case .unix: self.init(number: 0, kind: .client)
        }
    }

    /// The bucket of a text: a subject, an API key, a tenant.
    init(_ text: Span<UInt8>, kind: RateLimit.KeyKind) {
        var hasher = Hasher()
        hasher.combine(kind.code)
        // The span lends its bytes for this call.
        unsafe text.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        self.init(hasher)
    }

    /// The bucket of a number, such as a route's.
    init(number: Int, kind: RateLimit.KeyKind) {
        var hasher = Hasher()
        hasher.combine(kind.code)
        hasher.combine(number)
        self.init(hasher)
    }

    private init(address: UInt32) {
        var hasher = Hasher()
        hasher.combine(0x40 as UInt8)
        hasher.combine(address)
        self.init(hasher)
    }

    private init(_ hasher: Hasher) { self.init(hash: UInt64(bitPattern: Int64(hasher.finalize()))) }
}

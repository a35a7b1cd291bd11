/// The two forms of a P-256 signature: r and s of 32 bytes each, which tokens carry (RFC 7518 §3.4), and the DER
/// sequence of two integers, which OpenSSL speaks (RFC 3279 §2.2.3).
enum ECDSASignature {
    private static let width = 32

    /// The DER form of r ‖ s; nil when it has not exactly 64 bytes.
    static func der(_ raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 2 * width else { return nil }
        return DER.sequence(DER.integer(raw[..<width]) + DER.integer(raw[width...]))
    }

    /// The form r ‖ s of what OpenSSL signed; nil when it is no such sequence.
    static func raw(_ der: [UInt8]) -> [UInt8]? {
        var rest = der[...]
        guard rest.popFirst() == 0x30, rest.popFirst().map(Int.init) == rest.count else { return nil }
        guard let r = takeInteger(&rest), let s = takeInteger(&rest), rest.isEmpty else { return nil }
        return r + s
    }

    private static func takeInteger(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.popFirst() == 0x02, let count = rest.popFirst().map(Int.init), count <= rest.count
        else { return nil }
        let digits = rest.prefix(count).drop { $0 == 0 }
        rest = rest.dropFirst(count)
        guard digits.count <= width else { return nil }
        return [UInt8](repeating: 0, count: width - digits.count) + digits
    }
}

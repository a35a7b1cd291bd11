/// Writes the few forms of ASN.1 that keys and signatures need (DER, X.690 §8 and §10).
enum DER {
    /// The object identifiers and parameters of `rsaEncryption` (RFC 3279 §2.3.1).
    static let rsaAlgorithm: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    /// The object identifier of P-256, `prime256v1` (RFC 5480 §2.1.1.1).
    static let p256Curve: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    /// `id-ecPublicKey` on P-256 (RFC 5480 §2.1.1).
    static let p256Algorithm = sequence([0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01] + p256Curve)

    /// SEQUENCE of what is encoded already.
    static func sequence(_ content: [UInt8]) -> [UInt8] { value(0x30, content) }

    /// INTEGER, not negative, of big-endian bytes.
    static func integer(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        // A first bit that is set would make it negative; nothing at all is no integer.
        if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
        return value(0x02, digits)
    }

    /// BIT STRING of whole bytes.
    static func bits(_ bytes: [UInt8]) -> [UInt8] { value(0x03, [0] + bytes) }

    /// OCTET STRING.
    static func octets(_ bytes: [UInt8]) -> [UInt8] { value(0x04, bytes) }

    /// What is encoded already, under a context tag, EXPLICIT.
    static func tagged(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { value(0xA0 | number, content) }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        let digits = lengthBytes(content.count)
        return [tag, 0x80 | UInt8(digits.count)] + digits + content
    }

    /// A count, big-endian, without zeros in front.
    private static func lengthBytes(_ count: Int) -> [UInt8] {
        let shifts = stride(from: 56, through: 0, by: -8)
        return Array(shifts.map { UInt8(truncatingIfNeeded: count >> $0) }.drop { $0 == 0 })
    }
}

/// The kinds of key pairs that sign tokens. Each algorithm belongs to one of them.
public enum KeyType: Sendable, Hashable {
    /// RSA with 2048 to 4096 bits.
    case rsa
    /// The curve P-256.
    case p256
    /// Ed25519.
    case ed25519

    /// What a key of this kind can do, the preferred one first.
    public var algorithms: [SigningAlgorithm] {
        switch self {
        case .rsa: [.rs256, .ps256]
        case .p256: [.es256]
        case .ed25519: [.edDSA]
        }
    }
}

/// A key that an issuer's tokens are verified with, bound to its algorithms.
public struct VerificationKey: Sendable, Hashable {
    private enum Material: Sendable, Equatable {
        case shared(SharedKey)
        case publicKey(PublicKey)
    }

    /// The key's `kid`; nil for one without.
    public let id: String?
    /// What it verifies; nothing else, whatever a token's header says.
    public let algorithms: [SigningAlgorithm]
    private let material: Material

    /// A public key for one of its type's algorithms, or for all of them when `algorithm` is nil.
    ///
    /// - Throws: ``KeyError`` with code `algorithm` for one that is not of the key's type.
    public init(_ key: PublicKey, id: String? = nil, algorithm: SigningAlgorithm? = nil) throws(KeyError) {
        if let algorithm, !key.type.algorithms.contains(algorithm) {
            throw .algorithm(algorithm, isNotOf: key.type)
        }
        self.id = id
        algorithms = algorithm.map { [$0] } ?? key.type.algorithms
        material = .publicKey(key)
    }

    /// A shared secret, for `HS256`.
    public init(_ key: SharedKey, id: String? = nil) {
        self.id = id
        algorithms = [.hs256]
        material = .shared(key)
    }

    /// Whether `signature` is of this key over `message` by `algorithm`. Takes some 20 to 200 µs for a public key.
    func isValid(_ signature: [UInt8], for message: [UInt8], algorithm: SigningAlgorithm) -> Bool {
        guard algorithms.contains(algorithm) else { return false }
        return switch material {
        case .shared(let key): key.isValid(signature, for: message)
        case .publicKey(let key): key.native.isValid(signature, for: message, algorithm: algorithm)
        }
    }

    /// The public key's JWK; nil for a shared secret, which is shown to nobody.
    func members() throws(KeyError) -> [String: ClaimValue]? {
        guard case .publicKey(let key) = material else { return nil }
        return try key.members(id: id, algorithm: algorithms.first)
    }

    /// Hashes what names the key, no secret.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(algorithms)
    }
}

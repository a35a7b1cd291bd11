/// A key that tokens are signed with, and the one algorithm that it signs by.
public struct SigningKey: Sendable {
    private enum Material: Sendable {
        case shared(SharedKey)
        case pair(KeyPair)
    }

    /// The `kid` that its tokens carry; nil for none.
    public let id: String?
    /// Its algorithm.
    public let algorithm: SigningAlgorithm
    /// The key that verifies what this one signs, with the same `kid`.
    public let verificationKey: VerificationKey
    private let material: Material

    /// A key pair. Its `kid` is the thumbprint when `id` is nil, its algorithm the type's preferred one when that is nil.
    ///
    /// - Throws: ``KeyError`` with code `algorithm` for one that is not of the key's type.
    public init(_ pair: KeyPair, id: String? = nil, algorithm: SigningAlgorithm? = nil) throws(KeyError) {
        let id = id ?? pair.publicKey.thumbprint
        let algorithm = algorithm ?? pair.type.algorithms[0]
        self.id = id
        self.algorithm = algorithm
        verificationKey = try VerificationKey(pair.publicKey, id: id, algorithm: algorithm)
        material = .pair(pair)
    }

    /// A shared secret, for `HS256`. No `kid` is made for it: one from its bytes would tell of them.
    public init(_ key: SharedKey, id: String? = nil) {
        self.id = id
        algorithm = .hs256
        verificationKey = VerificationKey(key, id: id)
        material = .shared(key)
    }

    func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        switch material {
        case .shared(let key): try Digest.hmacSHA256(message, key: key.secret)
        case .pair(let pair): try pair.native.sign(message, algorithm: algorithm)
        }
    }
}

public import Secrets

/// A private key with its public half: it can sign.
public struct KeyPair: Sendable {
    let native: NativeKey
    /// The half that may be shown.
    public let publicKey: PublicKey

    /// What kind of key it is.
    public var type: KeyType { native.type }

    /// Makes a new pair; RSA has 3072 bits and takes some tenths of a second.
    ///
    /// - Throws: ``KeyError`` when OpenSSL's random source fails.
    public static func generate(_ type: KeyType) throws(KeyError) -> KeyPair { try KeyPair(.generate(type)) }

    /// Reads PEM with `BEGIN PRIVATE KEY` (or `EC`, `RSA PRIVATE KEY`), not encrypted, at most 64 KiB.
    ///
    /// - Throws: ``KeyError`` for what can't be read, is of another kind or size, or has halves that don't fit together.
    public init(pem: Secret) throws(KeyError) {
        try self.init(pem.withBytes { (pem) throws(KeyError) in try .privateKey(pem: pem) })
    }

    /// Reads a JWK with its private members; RSA needs all of RFC 7518 §6.3.2 but `oth`.
    ///
    /// - Throws: ``KeyError``, as for PEM.
    public init(jwk: Secret) throws(KeyError) {
        let key = try jwk.withBytes { (text) throws(KeyError) in
            try JSONWebKey(parsing: text.indices.map { text[$0] }).privateKey()
        }
        try self.init(key)
    }

    private init(_ native: NativeKey) throws(KeyError) {
        self.native = native
        publicKey = try PublicKey(native)
    }

    /// PEM with `BEGIN PRIVATE KEY`, not encrypted.
    public func pem() throws(KeyError) -> Secret { try native.privatePEM() }

    /// The JWK with its private members, as a JSON object on one line; `id` is its `kid`, the thumbprint when nil.
    public func jwk(id: String? = nil) throws(KeyError) -> Secret {
        let members = try publicKey.members(id: id, algorithm: nil)
        var text = ClaimWriter.encode(try members.merging(native.privateMembers()) { $1 })
        defer { Secret.erase(&text) }
        return Secret(text)
    }
}

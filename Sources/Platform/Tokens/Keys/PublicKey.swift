/// The public half of a key pair. It can verify; never is it a secret, so it never verifies `HS256`.
public struct PublicKey: Sendable, Hashable {
    let native: NativeKey
    /// The key's own name, made of its numbers alone: SHA-256 in base64url (RFC 7638 §3).
    public let thumbprint: String

    /// What kind of key it is.
    public var type: KeyType { native.type }

    /// Reads PEM with `BEGIN PUBLIC KEY`, at most 64 KiB.
    ///
    /// - Throws: ``KeyError`` for what can't be read, is of another kind or size, or has numbers that don't fit together.
    public init(pem: String) throws(KeyError) { try self.init(.publicKey(pem: pem.utf8.span)) }

    /// Reads a JWK (RFC 7517) without looking at `kid`, `alg` and `use`; a private half in it is not read.
    ///
    /// - Throws: ``KeyError``, as for PEM.
    public init(jwk: String) throws(KeyError) {
        try self.init(JSONWebKey(parsing: Array(jwk.utf8)).publicKey())
    }

    init(_ native: NativeKey) throws(KeyError) {
        self.native = native
        let digest = try Digest.sha256(ClaimWriter.encode(native.publicMembers()))
        thumbprint = Base64URL.encode(digest.span)
    }

    /// PEM with `BEGIN PUBLIC KEY`.
    public func pem() throws(KeyError) -> String { try native.publicPEM() }

    /// The JWK, as a JSON object on one line.
    ///
    /// - Parameters:
    ///   - id: its `kid`, the thumbprint when it is nil.
    ///   - algorithm: its `alg`, the type's preferred one when it is nil.
    /// - Returns: the object's text.
    /// - Throws: ``KeyError`` when OpenSSL fails.
    public func jwk(id: String? = nil, algorithm: SigningAlgorithm? = nil) throws(KeyError) -> String {
        String(decoding: ClaimWriter.encode(try members(id: id, algorithm: algorithm)), as: UTF8.self)
    }

    func members(id: String?, algorithm: SigningAlgorithm?) throws(KeyError) -> [String: ClaimValue] {
        var members = try native.publicMembers()
        members["kid"] = .string(id ?? thumbprint)
        members["alg"] = (algorithm ?? type.algorithms.first).map { .string($0.rawValue) }
        members["use"] = .string("sig")
        return members
    }

    /// Whether both are the same key.
    public static func == (left: Self, right: Self) -> Bool { left.thumbprint == right.thumbprint }

    /// Hashes the key's name.
    public func hash(into hasher: inout Hasher) { hasher.combine(thumbprint) }
}

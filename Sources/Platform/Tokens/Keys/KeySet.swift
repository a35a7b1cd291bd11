/// The keys of one issuer (a JWK Set, RFC 7517 §5).
public struct KeySet: Sendable, Hashable {
    /// The most bytes that a set's text may have, and the most keys that are taken from it.
    public static let limits = (byteCount: 1 << 18, keys: 100)

    /// All keys, in the order given.
    public let keys: [VerificationKey]

    /// Makes a set of these keys.
    public init(_ keys: [VerificationKey] = []) { self.keys = keys }

    /// Reads a set. A key that can't be used here is left out, as the standard asks: another kind, curve, size or
    /// use, numbers that don't fit together. So is a shared secret (`oct`): who publishes it has none.
    ///
    /// - Throws: ``KeyError`` with code `malformed` when the text is no such set, or exceeds ``limits``.
    public init(jwks text: [UInt8]) throws(KeyError) {
        guard text.count <= Self.limits.byteCount else { throw .malformedSet("more than 256 KiB") }
        let set: [String: ClaimValue]
        do { set = try ClaimReader.object(text) } catch {
            throw .malformedSet("not a strict JSON object, at byte \(error.offset)")
        }
        guard case .array(let keys) = set["keys"] else { throw .malformedSet("no array `keys`") }
        guard keys.count <= Self.limits.keys else { throw .malformedSet("more than 100 keys") }
        self.keys = keys.compactMap(Self.key)
    }

    private static func key(_ value: ClaimValue) -> VerificationKey? {
        guard case .object(let members) = value else { return nil }
        let jwk = JSONWebKey(members)
        let algorithm = jwk.algorithm.flatMap(SigningAlgorithm.init)
        guard jwk.isMeant(for: "verify"), jwk.algorithm == nil || algorithm != nil else { return nil }
        // What is wrong with it is its owner's to mend; the keys beside it are good.
        return try? VerificationKey(PublicKey(jwk.publicKey()), id: jwk.id, algorithm: algorithm)
    }

    /// The set as JSON, for `jwks.json`; shared secrets are left out.
    public func jwks() throws(KeyError) -> String {
        var members: [ClaimValue] = []
        for key in keys {
            if let key = try key.members() { members.append(.object(key)) }
        }
        return String(decoding: ClaimWriter.encode(["keys": .array(members)]), as: UTF8.self)
    }

    /// The key that a header means: by `kid` and algorithm. Without a `kid` the only one for the algorithm, if there is
    /// just one. A secret without a name, which comes from a configuration and from no JWK set, is meant by any `kid`.
    func key(for header: TokenHeader) -> VerificationKey? {
        let fitting = keys.filter { $0.algorithms.contains(header.algorithm) }
        guard let id = header.keyID else { return fitting.count == 1 ? fitting.first : nil }
        if header.algorithm == .hs256, fitting.count == 1, fitting[0].id == nil { return fitting[0] }
        return fitting.first { $0.id == id }
    }
}

extension KeyError {
    fileprivate static func malformedSet(_ why: String) -> KeyError {
        KeyError(code: .malformed, detail: "a JWK set with \(why)")
    }
}

/// A key as a JSON object (RFC 7517 §4; its numbers RFC 7518 §6.2 and §6.3, RFC 8037 §2).
struct JSONWebKey {
    private let members: [String: ClaimValue]

    /// Reads the object's kinds of members only when they are asked for.
    init(_ members: [String: ClaimValue]) { self.members = members }

    /// Reads a key's own text, at most 64 KiB.
    init(parsing text: [UInt8]) throws(KeyError) {
        guard text.count <= 1 << 16 else {
            throw KeyError(code: .malformed, detail: "a JWK of more than 64 KiB")
        }
        do {
            members = try ClaimReader.object(text)
        } catch {
            throw KeyError(
                code: .malformed,
                detail: "a JWK that is no strict JSON object, at byte \(error.offset)"
            )
        }
    }

    /// `kid`.
    var id: String? { members["kid"]?.string }
    /// `alg`, as it stands there.
    var algorithm: String? { members["alg"]?.string }

    /// Whether its owner means it for signatures (`use`, `key_ops`: RFC 7517 §4.2, §4.3).
    func isMeant(for operation: String) -> Bool {
        guard (members["use"].map { $0.string == "sig" }) ?? true else { return false }
        return members["key_ops"].map { $0.strings?.contains(operation) ?? false } ?? true
    }

    /// The kind of key pair that it is or belongs to. `oct` is none: a shared secret is no public key.
    func type() throws(KeyError) -> KeyType {
        switch (members["kty"]?.string, members["crv"]?.string) {
        case ("RSA", nil): return .rsa
        case ("EC", "P-256"): return .p256
        case ("OKP", "Ed25519"): return .ed25519
        default: throw KeyError(code: .unsupported, detail: "a JWK that is not RSA, EC P-256 or OKP Ed25519")
        }
    }

    /// Reads a member that holds bytes.
    func bytes(_ name: String, count: Int? = nil) throws(KeyError) -> [UInt8] {
        guard let text = members[name]?.string, let bytes = Base64URL.decode(text.utf8.span),
            !bytes.isEmpty, count == nil || bytes.count == count
        else {
            throw KeyError(
                code: .malformed,
                detail: "the JWK's \(name) is missing, not base64url or of a wrong length"
            )
        }
        return bytes
    }

    /// The public key in it; a private half is not read.
    func publicKey() throws(KeyError) -> NativeKey {
        switch try type() {
        case .rsa:
            let numbers = try DER.integer(bytes("n")) + DER.integer(bytes("e"))
            return try .publicKey(der: DER.sequence(DER.rsaAlgorithm + DER.bits(DER.sequence(numbers))))
        case .p256:
            return try .publicKey(der: DER.sequence(DER.p256Algorithm + DER.bits(point())))
        case .ed25519:
            return try .ed25519(bytes("x", count: 32), isPrivate: false)
        }
    }

    /// The whole key pair in it, its halves checked against each other.
    func privateKey() throws(KeyError) -> NativeKey {
        switch try type() {
        case .rsa:
            var numbers = DER.integer([0])
            for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                numbers += DER.integer(try bytes(name))
            }
            return try .privateKey(der: DER.sequence(numbers), type: .rsa)
        case .p256:
            let key = DER.integer([1]) + DER.octets(try bytes("d", count: 32))
            let content = key + DER.tagged(0, DER.p256Curve) + DER.tagged(1, DER.bits(try point()))
            return try .privateKey(der: DER.sequence(content), type: .p256)
        case .ed25519:
            let key = try NativeKey.ed25519(bytes("d", count: 32), isPrivate: true)
            guard try key.rawBytes(isPrivate: false) == bytes("x", count: 32) else {
                throw KeyError(code: .malformed, detail: "the JWK's x does not belong to its d")
            }
            return key
        }
    }

    /// The point on P-256, not compressed (SEC 1 §2.3.3).
    private func point() throws(KeyError) -> [UInt8] {
        try [0x04] + bytes("x", count: 32) + bytes("y", count: 32)
    }
}

extension NativeKey {
    /// The members that the public key needs, as its thumbprint counts them (RFC 7638 §3.2, RFC 8037 appendix A.3).
    func publicMembers() throws(KeyError) -> [String: ClaimValue] {
        switch type {
        case .rsa: try ["kty": .string("RSA"), "n": .bytes(number("n")), "e": .bytes(number("e"))]
        case .p256:
            try [
                "kty": .string("EC"), "crv": .string("P-256"),
                "x": .bytes(number("qx", width: 32)), "y": .bytes(number("qy", width: 32)),
            ]
        case .ed25519:
            try ["kty": .string("OKP"), "crv": .string("Ed25519"), "x": .bytes(rawBytes(isPrivate: false))]
        }
    }

    /// The members of the private half.
    func privateMembers() throws(KeyError) -> [String: ClaimValue] {
        switch type {
        case .rsa:
            try [
                "d": .bytes(number("d")), "p": .bytes(number("rsa-factor1")),
                "q": .bytes(number("rsa-factor2")),
                "dp": .bytes(number("rsa-exponent1")), "dq": .bytes(number("rsa-exponent2")),
                "qi": .bytes(number("rsa-coefficient1")),
            ]
        case .p256: try ["d": .bytes(number("priv", width: 32))]
        case .ed25519: try ["d": .bytes(rawBytes(isPrivate: true))]
        }
    }
}

extension ClaimValue {
    /// Bytes as base64url.
    fileprivate static func bytes(_ bytes: [UInt8]) -> ClaimValue { .string(Base64URL.encode(bytes.span)) }
}

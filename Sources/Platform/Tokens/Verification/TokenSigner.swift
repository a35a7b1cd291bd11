/// Issues tokens with one key.
public struct TokenSigner: Sendable {
    private let key: SigningKey
    /// The header in base64url, with the dot behind it.
    private let start: String

    /// Signs with `key`.
    ///
    /// - Parameters:
    ///   - key: the key; its `kid` and algorithm go into the header.
    ///   - type: the header's `typ`, such as `at+jwt` for an access token (RFC 9068 §2.1); nil for none.
    public init(_ key: SigningKey, type: String? = "JWT") {
        self.key = key
        var header: [String: ClaimValue] = ["alg": .string(key.algorithm.rawValue)]
        header["typ"] = type.map(ClaimValue.string)
        header["kid"] = key.id.map(ClaimValue.string)
        start = Base64URL.encode(ClaimWriter.encode(header).span) + "."
    }

    /// The token that says `claims`, in compact form (RFC 7515 §7.1). Nothing is added: the caller says until when it holds.
    ///
    /// - Throws: ``KeyError`` when OpenSSL fails.
    public func sign(_ claims: TokenClaims) throws(KeyError) -> String {
        let input = start + Base64URL.encode(ClaimWriter.encode(claims.object).span)
        let signature = try key.sign(Array(input.utf8))
        return input + "." + Base64URL.encode(signature.span)
    }
}

/// What a signed token's header may say here (JOSE header, RFC 7515 §4). Other parameters are ignored, as the
/// standard demands, but for those that change how the token is read: they are refused.
public struct TokenHeader: Sendable, Hashable {
    /// `alg`.
    public let algorithm: SigningAlgorithm
    /// `kid`: which of the issuer's keys signed it, 1 to 256 bytes.
    public let keyID: String?
    /// `typ`.
    public let type: String?

    /// The parameters that make a token choose its key or its reading.
    private static let forbidden = ["crit", "b64", "jwk", "jku", "x5c", "x5u", "zip", "enc"]

    init(_ parameters: [String: ClaimValue]) throws(TokenError) {
        for name in Self.forbidden where parameters[name] != nil { throw .forbiddenHeader }
        guard let name = parameters["alg"]?.string, let algorithm = SigningAlgorithm(rawValue: name)
        else { throw .algorithmNotAllowed }
        self.algorithm = algorithm
        keyID = try Self.text(parameters["kid"])
        type = try Self.text(parameters["typ"])
    }

    private static func text(_ value: ClaimValue?) throws(TokenError) -> String? {
        guard let value else { return nil }
        guard let text = value.string, 1...256 ~= text.utf8.count else { throw .malformed }
        return text
    }

    /// Whether `typ` names this media type; `application/` may be left out, case does not count (RFC 7515 §4.1.9).
    func isType(_ expected: String) -> Bool {
        guard let type else { return false }
        return Self.mediaType(type).utf8.elementsEqual(Self.mediaType(expected).utf8)
    }

    private static func mediaType(_ text: String) -> String {
        let lowered = text.lowercased()
        return lowered.utf8.contains(UInt8(ascii: "/")) ? lowered : "application/\(lowered)"
    }
}

/// A signed token, taken apart and read, of which nothing is known to be true (RFC 7515 §7.1, RFC 7519 §7.2).
///
/// Its ``issuer`` may choose the ``TokenVerifier`` to ask; nothing else in it may be acted upon.
public struct UnverifiedToken: Sendable {
    /// The bytes that a token may have when nothing else is said.
    public static let defaultByteLimit = 8192

    /// What the token says of its form and key.
    public let header: TokenHeader
    let claims: TokenClaims
    /// The bytes that are signed: the first two parts with the dot between them.
    let signingInput: [UInt8]
    let signature: [UInt8]

    /// Who issued it, as it says itself.
    public var issuer: String? { claims.issuer }

    /// Takes a token in compact form apart.
    ///
    /// - Parameters:
    ///   - text: header, claims and signature in base64url, with dots between; nothing is trimmed.
    ///   - byteLimit: the most bytes that are read.
    /// - Throws: ``TokenError``, naming the first rule that the text breaks.
    public init(
        parsing text: Span<UInt8>,
        byteLimit: Int = UnverifiedToken.defaultByteLimit
    ) throws(TokenError) {
        guard text.count <= byteLimit else { throw .tooLong }
        var dots: [Int] = []
        for index in text.indices where text[index] == UInt8(ascii: ".") { dots.append(index) }
        guard dots.count == 2 else { throw .malformed }
        header = try TokenHeader(Self.object(text.extracting(..<dots[0])))
        claims = try TokenClaims(Self.object(text.extracting((dots[0] + 1)..<dots[1])))
        guard let signature = Base64URL.decode(text.extracting((dots[1] + 1)...)) else { throw .malformed }
        self.signature = signature
        signingInput = Array(capacity: dots[1]) { out in
            for index in 0..<dots[1] { out.append(text[index]) }
        }
    }

    private static func object(_ text: Span<UInt8>) throws(TokenError) -> [String: ClaimValue] {
        guard let bytes = Base64URL.decode(text) else { throw .malformed }
        do { return try ClaimReader.object(bytes) } catch { throw .malformed }
    }
}

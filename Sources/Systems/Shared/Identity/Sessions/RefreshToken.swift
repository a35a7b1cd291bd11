import Vigie

/// What a new access token is got with: 32 random bytes in base64url. Only its digest is kept.
struct RefreshToken: Sendable {
    private static let byteCount = 32

    /// The SHA-256 of the bytes: they are random, so that one digest is enough.
    let hash: [UInt8]
    /// What its owner keeps.
    let text: String

    /// Draws a new one.
    static func random() throws(KeyError) -> RefreshToken {
        let bytes = try Secret.random(byteCount: byteCount)
        let text = bytes.withBytes { Base64URL.encode($0) }
        return RefreshToken(
            hash: try bytes.withBytes { (bytes) throws(KeyError) in try digest(bytes) },
            text: text
        )
    }

    private init(hash: [UInt8], text: String) { (self.hash, self.text) = (hash, text) }

    /// Reads one; nil for what none looks like.
    init?(_ text: String) throws(KeyError) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text.utf8.span) else { return nil }
        self.init(hash: try Self.digest(bytes.span), text: text)
    }

    private static func digest(_ bytes: Span<UInt8>) throws(KeyError) -> [UInt8] {
        try Digest.sha256(bytes.indices.map { bytes[$0] })
    }
}

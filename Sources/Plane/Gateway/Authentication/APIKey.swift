package import Secrets
package import Tokens

/// The form of an API key: `vgk_` and 43 characters of base64url, which are 32 random bytes.
///
/// So long and random that one hash is enough to keep it by: nobody can try keys until a digest fits. The prefix lets
/// scanners find a key that was published by mistake.
package enum APIKey {
    private static let prefix = Array("vgk_".utf8)
    private static let byteCount = 32
    private static let textCount = 47

    /// Draws a new key. The key is shown once, to whom it is for; its digest goes into the gateway's file.
    ///
    /// - Returns: the key, and its SHA-256 as 64 hex digits.
    /// - Throws: `KeyError` when the system's random source fails.
    package static func make() throws(KeyError) -> (key: Secret, sha256: String) {
        let random = try Secret.random(byteCount: byteCount)
        let text = prefix + Array(random.withBytes { Base64URL.encode($0) }.utf8)
        return (Secret(text), hexadecimal(try Digest.sha256(text)))
    }

    /// The digest by which a key is looked up; nil for what is no key by its form.
    static func digest(of text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count == textCount, text.starts(with: prefix) else { return nil }
        let random = text.dropFirst(prefix.count)
        guard Base64URL.decode(random.span)?.count == byteCount else { return nil }
        return try? Digest.sha256(Array(text))
    }

    /// Reads a digest; nil for what is not 64 hex digits.
    static func digest(parsing text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

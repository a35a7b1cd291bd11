/// The base64url form of bytes, without padding (RFC 7515 §2, RFC 4648 §5).
///
/// Strict: one text for each sequence of bytes. Padding, white space, line ends, `+`, `/` and unused bits that
/// are not zero are refused, so that a token can't be changed without becoming another or none.
package enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )
    /// The value of each byte, 64 for those outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// The bytes that `text` stands for; nil when it is not their one form.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        let values = values
        var (bits, count): (UInt32, Int) = (0, 0)
        var isValid = true
        let bytes = Array(capacity: text.count * 3 / 4) { (out: inout OutputSpan<UInt8>) in
            for index in text.indices {
                let value = values[Int(text[index])]
                guard value < 64 else {
                    isValid = false
                    return
                }
                bits = bits << 6 | UInt32(value)
                count += 6
                guard count >= 8 else { continue }
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return isValid && bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
    }

    /// The form of `bytes`.
    package static func encode(_ bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (bits, count): (UInt32, Int) = (0, 0)
        for index in bytes.indices {
            bits = bits << 8 | UInt32(bytes[index])
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

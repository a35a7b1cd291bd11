/// Reads `head; name=value; name="quoted value"`: `Content-Type` (RFC 9110 §5.6.6), `Content-Disposition` (RFC 6266 §4.1).
struct ParameterReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// What stands before the parameters; nil when it is empty or holds more than a token's bytes and slashes.
    mutating func head() -> String? {
        let text = takeWhile { Self.isToken($0) || $0 == UInt8(ascii: "/") }
        skipSpace()
        guard !text.isEmpty, position == bytes.count || bytes[position] == UInt8(ascii: ";") else {
            return nil
        }
        return text
    }

    /// The parameters to the end; nil when one is malformed or stands twice.
    mutating func parameters() -> [String: String]? {
        var found: [String: String] = [:]
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: ";") else { return nil }
            position += 1
            skipSpace()
            // An empty parameter is allowed, also at the end.
            if position == bytes.count || bytes[position] == UInt8(ascii: ";") { continue }
            let name = takeWhile(Self.isToken).lowercased()
            guard !name.isEmpty, position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
                return nil
            }
            position += 1
            guard let value = value(), found.updateValue(value, forKey: name) == nil else { return nil }
            skipSpace()
        }
        return found
    }

    private mutating func value() -> String? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let token = takeWhile(Self.isToken)
            return token.isEmpty ? nil : token
        }
        position += 1
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            // Only `\"` and `\\` are escapes: some clients write paths with plain backslashes.
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count,
                "\"\\".utf8.contains(bytes[position + 1])
            {
                position += 1
            }
            text.append(bytes[position])
            position += 1
        }
        guard position < bytes.count else { return nil }
        position += 1
        return String(validating: text, as: UTF8.self)
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 9 { position += 1 }
    }

    private mutating func takeWhile(_ isWanted: (UInt8) -> Bool) -> String {
        let start = position
        while position < bytes.count, isWanted(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// `tchar` (RFC 9110 §5.6.2).
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

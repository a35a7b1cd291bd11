/// Finds what looks like a secret in a text, in one pass from left to right.
enum SecretScan {
    /// The secrets' ranges, in order and apart; a text without any costs no allocation.
    static func findings(in text: Span<UInt8>) -> [Range<Int>] {
        var findings: [Range<Int>] = []
        var index = 0
        while index < text.count {
            guard mayBegin(text[index]) else {
                index += 1
                continue
            }
            let step = step(text, index)
            if let finding = step.finding { findings.append(finding) }
            index = step.next
        }
        return findings
    }

    /// Whether ``step(_:_:)`` finds anything at such a byte: a bit of two words for each.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }

    // Digits, `-`, `:` and `=`; `B`, `b` and `e`.
    private static let low: UInt64 = 0x3ff << 48 | 1 << 45 | 1 << 58 | 1 << 61
    private static let high: UInt64 = 1 << (66 - 64) | 1 << (98 - 64) | 1 << (101 - 64)

    private typealias Step = (finding: Range<Int>?, next: Int)

    /// What begins at `index`, and where to look on.
    private static func step(_ text: Span<UInt8>, _ index: Int) -> Step {
        let finding: Range<Int>?
        switch text[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return CardNumber.step(text, index)
        case UInt8(ascii: "e"): finding = token(text, index)
        case UInt8(ascii: "B"), UInt8(ascii: "b"): finding = credentials(text, index)
        case UInt8(ascii: "-"): finding = block(text, index)
        case UInt8(ascii: "="), UInt8(ascii: ":"): finding = assigned(text, index) ?? userInfo(text, index)
        default: finding = nil
        }
        return (finding, finding?.upperBound ?? index + 1)
    }

    /// `eyJ….….…`: a JSON Web Token in compact form (RFC 7515 §7.1).
    private static func token(_ text: Span<UInt8>, _ index: Int) -> Range<Int>? {
        guard matches(text, index, "eyj"), index == 0 || !isBase64URL(text[index - 1]) else { return nil }
        let header = run(text, index, while: isBase64URL)
        // The least header, `{"alg":"…"}`, has more letters.
        guard header - index >= 12, header < text.count, text[header] == UInt8(ascii: ".") else { return nil }
        let payload = run(text, header + 1, while: isBase64URL)
        guard payload > header + 1 else { return nil }
        guard payload < text.count, text[payload] == UInt8(ascii: ".") else { return index..<payload }
        return index..<run(text, payload + 1, while: isBase64URL)
    }

    /// What follows `Bearer ` and `Basic ` (RFC 6750 §2.1, RFC 7617).
    private static func credentials(_ text: Span<UInt8>, _ index: Int) -> Range<Int>? {
        guard index == 0 || !isLetter(text[index - 1]) else { return nil }
        let start =
            matches(text, index, "bearer ") ? index + 7 : matches(text, index, "basic ") ? index + 6 : nil
        guard let start else { return nil }
        let end = run(text, start) { isBase64URL($0) || [43, 46, 47, 61, 126].contains($0) }
        // A shorter one is a word of a sentence.
        return end - start >= 8 ? start..<end : nil
    }

    /// `-----BEGIN …-----` up to the end of its `-----END …-----` (RFC 7468), or of the text.
    private static func block(_ text: Span<UInt8>, _ index: Int) -> Range<Int>? {
        guard matches(text, index, "-----begin ") else { return nil }
        var end = index + 11
        while end < text.count, !matches(text, end, "-----end ") { end += 1 }
        end = min(end + 9, text.count)
        while end < text.count, !matches(text, end, "-----") { end += 1 }
        return index..<min(end + 5, text.count)
    }

    /// The value of `name=value`, `"name":"value"`, and `Authorization: value`, where the name is a secret's.
    private static func assigned(_ text: Span<UInt8>, _ index: Int) -> Range<Int>? {
        var end = index
        let isQuoted = end > 0 && text[end - 1] == UInt8(ascii: "\"")
        if isQuoted { end -= 1 }
        var start = end
        while start > 0, isNameByte(text[start - 1]) { start -= 1 }
        let name = text.extracting(start..<end)
        let isHeader =
            matches(text, start, "authorization:") || matches(text, start, "cookie:")
            || matches(text, start, "set-cookie:")
        guard text[index] == UInt8(ascii: "=") || isQuoted || isHeader, SecretKey.isSecret(name) else {
            return nil
        }
        let value = run(text, index + 1) { $0 == 32 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        // A header's value goes to the end of its line, others to a delimiter.
        let valueEnd = run(text, value) { isHeader ? $0 >= 0x20 : !isDelimiter($0) }
        return valueEnd > value ? value..<valueEnd : nil
    }

    /// The password of `scheme://user:password@host` (RFC 3986 §3.2.1).
    private static func userInfo(_ text: Span<UInt8>, _ index: Int) -> Range<Int>? {
        guard matches(text, index, "://") else { return nil }
        let end = run(text, index + 3) {
            !isDelimiter($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@")
        }
        let colon = run(text, index + 3) { $0 != UInt8(ascii: ":") }
        guard end < text.count, text[end] == UInt8(ascii: "@"), colon < end - 1 else { return nil }
        return (colon + 1)..<end
    }

    /// Where the run of such bytes from `start` on ends.
    static func run(_ text: Span<UInt8>, _ start: Int, while isMember: (UInt8) -> Bool) -> Int {
        var end = start
        while end < text.count, isMember(text[end]) { end += 1 }
        return end
    }

    /// Whether the bytes from `start` on are `word`, given in lower case, in any case.
    private static func matches(_ text: Span<UInt8>, _ start: Int, _ word: StaticString) -> Bool {
        guard start + word.utf8CodeUnitCount <= text.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount {
            let byte = text[start + offset]
            // A literal's bytes live as long as the program, and the offset is below its count.
            guard unsafe (isLetter(byte) ? byte | 0x20 : byte) == word.utf8Start[offset] else { return false }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isBase64URL(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    private static func isNameByte(_ byte: UInt8) -> Bool { isBase64URL(byte) || byte == UInt8(ascii: ".") }
    private static func isDelimiter(_ byte: UInt8) -> Bool {
        byte <= 0x20 || [34, 38, 39, 41, 44, 59, 62, 125].contains(byte)
    }
}

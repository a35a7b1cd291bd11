/// The grammar of one `baggage` entry: `key OWS "=" OWS value *( OWS ";" OWS property )` (W3C Baggage §3.2.1).
enum BaggageGrammar {
    /// Where the key of the entry in `range` stands; nil when the entry is invalid.
    static func key(of text: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
        let equals = ByteText.end(before: UInt8(ascii: "="), in: text, range)
        guard equals < range.upperBound else { return nil }
        let key = ByteText.trimmed(text, range.lowerBound..<equals)
        guard isToken(text, key), isContent(text, value(of: text, range, after: key)) else { return nil }
        return isPrintable(text, range) ? key : nil
    }

    /// Where the value stands, without blanks and properties.
    static func value(of text: Span<UInt8>, _ range: Range<Int>, after key: Range<Int>) -> Range<Int> {
        // `key(of:)` has found an equals sign behind the key.
        let start = ByteText.end(before: UInt8(ascii: "="), in: text, key.upperBound..<range.upperBound) + 1
        let end = ByteText.end(before: UInt8(ascii: ";"), in: text, start..<range.upperBound)
        return ByteText.trimmed(text, start..<end)
    }

    /// A token (RFC 9110 §5.6.2).
    private static func isToken(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        for index in range {
            switch text[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
                UInt8(ascii: "/"),
                UInt8(ascii: ":")...UInt8(ascii: "@"), UInt8(ascii: "[")...UInt8(ascii: "]"),
                UInt8(ascii: "{"), UInt8(ascii: "}"):
                return false
            case 0x21...0x7e: continue
            default: return false
            }
        }
        return true
    }

    /// *baggage-octet: printable without blank, `"`, `,`, `;` and `\`.
    private static func isContent(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range {
            switch text[index] {
            case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): return false
            case 0x21...0x7e: continue
            default: return false
            }
        }
        return true
    }

    /// Whether the properties, too, hold nothing that could not stand in a field.
    private static func isPrintable(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where !(0x20...0x7e).contains(text[index]) && text[index] != UInt8(ascii: "\t") {
            return false
        }
        return true
    }
}

/// The grammar of one `tracestate` entry (W3C Trace Context level 1 §3.3.1.3).
enum TraceStateGrammar {
    /// A key: at most 256 bytes that begin with a letter, or `tenant@system` of at most 241 and 14 bytes.
    static func isKey(_ text: Span<UInt8>) -> Bool {
        let at = ByteText.end(before: UInt8(ascii: "@"), in: text, 0..<text.count)
        guard at < text.count else {
            return isPart(text, limit: 256) && isLetter(text[0])
        }
        let tenant = text.extracting(0..<at)
        let system = text.extracting((at + 1)..<text.count)
        return isPart(tenant, limit: 241) && (isLetter(tenant[0]) || isDigit(tenant[0]))
            && isPart(system, limit: 14) && isLetter(system[0])
    }

    /// A value: 1–256 printable bytes without `,` and `=`, the last one no blank.
    static func isValue(_ text: Span<UInt8>) -> Bool {
        guard (1...256).contains(text.count), text[text.count - 1] != UInt8(ascii: " ") else { return false }
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: ","), UInt8(ascii: "="): return false
            case 0x20...0x7e: continue
            default: return false
            }
        }
        return true
    }

    private static func isPart(_ text: Span<UInt8>, limit: Int) -> Bool {
        guard (1...limit).contains(text.count) else { return false }
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"): continue
            case let byte: guard isLetter(byte) || isDigit(byte) else { return false }
            }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

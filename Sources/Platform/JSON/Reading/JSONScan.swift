/// Finds where strings, numbers and white space end. One pass, no state.
enum JSONScan {
    /// A rule that the text breaks.
    struct Fault: Error {
        let reason: JSONReason
        let offset: Int
    }

    /// The first index from `start` that is no white space (RFC 8259 §2).
    @inline(__always) static func endOfSpace(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] <= 0x20 {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return index
            }
        }
        return index
    }

    /// The first index from `start` whose byte is a quote, a backslash, a control, or from 0x80 on; the count without one.
    ///
    /// Eight bytes at a time: a byte that becomes zero, or one below 0x20, borrows its high bit.
    @inline(__always) static func endOfPlain(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let raw = unsafe bytes.bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index + 8 <= bytes.count {
            // In bounds by the loop's condition; any 8 bytes are a valid UInt64.
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let quote = (word ^ (ones &* 0x22)) &- ones
            let backslash = (word ^ (ones &* 0x5C)) &- ones
            // A borrow only spoils bytes above the first hit, and that one is what counts.
            let hits = (quote | backslash | (word &- ones &* 0x20) | word) & (ones &* 0x80)
            guard hits == 0 else { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, isPlain(bytes[index]) { index += 1 }
        return index
    }

    @inline(__always) private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
    }

    /// Reads a string (RFC 8259 §7) from behind its opening quote.
    static func string(_ bytes: Span<UInt8>, from start: Int) -> Result<JSONLexeme, Fault> {
        var index = endOfPlain(bytes, from: start)
        var hasEscapes = false
        while index < bytes.count {
            switch bytes[index] {
            case 0x22: return .success(JSONLexeme(start..<index, hasEscapes: hasEscapes))
            case 0x5C:
                hasEscapes = true
                switch endOfEscape(bytes, at: index) {
                case .success(let end): index = end
                case .failure(let fault): return .failure(fault)
                }
            case ..<0x20: return .failure(Fault(reason: .controlCharacter, offset: index))
            default:
                let length = UTF8Sequence.length(bytes, at: index)
                guard length > 0 else { return .failure(Fault(reason: .invalidUTF8, offset: index)) }
                index += length
            }
            index = endOfPlain(bytes, from: index)
        }
        return .failure(Fault(reason: .unexpectedEnd, offset: bytes.count))
    }

    /// Where the escape ends whose backslash is at `start`; a surrogate pair is one escape.
    private static func endOfEscape(_ bytes: Span<UInt8>, at start: Int) -> Result<Int, Fault> {
        guard start + 1 < bytes.count else {
            return .failure(Fault(reason: .unexpectedEnd, offset: bytes.count))
        }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return .success(start + 2)
        case UInt8(ascii: "u"):
            guard let unit = JSONString.codeUnit(bytes, at: start) else {
                return .failure(Fault(reason: .invalidEscape, offset: start))
            }
            guard unit & 0xF800 == 0xD800 else { return .success(start + 6) }
            guard unit < 0xDC00, let low = JSONString.codeUnit(bytes, at: start + 6), low & 0xFC00 == 0xDC00
            else {
                return .failure(Fault(reason: .loneSurrogate, offset: start))
            }
            return .success(start + 12)
        default: return .failure(Fault(reason: .invalidEscape, offset: start))
        }
    }

    /// Reads a number (RFC 8259 §6).
    static func number(_ bytes: Span<UInt8>, from start: Int) -> Result<JSONLexeme, Fault> {
        var index = start
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let integer = index
        index = endOfDigits(bytes, from: index)
        guard index > integer else { return missingDigit(bytes, at: index) }
        guard index == integer + 1 || bytes[integer] != UInt8(ascii: "0") else {
            return .failure(Fault(reason: .invalidNumber, offset: integer + 1))
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            let fraction = index + 1
            index = endOfDigits(bytes, from: fraction)
            guard index > fraction else { return missingDigit(bytes, at: index) }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                index += 1
            }
            let exponent = index
            index = endOfDigits(bytes, from: exponent)
            guard index > exponent else { return missingDigit(bytes, at: index) }
        }
        return .success(JSONLexeme(start..<index))
    }

    private static func missingDigit(_ bytes: Span<UInt8>, at index: Int) -> Result<JSONLexeme, Fault> {
        .failure(Fault(reason: index < bytes.count ? .invalidNumber : .unexpectedEnd, offset: index))
    }

    @inline(__always) private static func endOfDigits(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index
    }
}

/// Strings and numbers of JSON (RFC 8259 §6, §7), appended to bytes.
enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)
    private static let quote = UInt8(ascii: "\"")

    /// Adds text in quotes.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(quote)
        let span = text.utf8.span
        append(span, 0..<span.count, to: &bytes)
        bytes.append(quote)
    }

    /// Adds text between what stands in front of it and behind it, which is written as it is: quotes are a part of that.
    /// So is a text that is known to need no escapes.
    static func append(
        _ opening: StaticString,
        _ text: String,
        _ closing: StaticString,
        isPlain: Bool = false,
        to bytes: inout [UInt8]
    ) {
        append(opening, text.utf8.span, closing, isPlain: isPlain, to: &bytes)
    }

    /// Adds bytes of UTF-8 between what stands in front of them and behind them.
    static func append(
        _ opening: StaticString,
        _ text: Span<UInt8>,
        _ closing: StaticString,
        isPlain: Bool = false,
        to bytes: inout [UInt8]
    ) {
        let count = text.count
        guard isPlain || endOfPlain(text, 0..<count) == count else {
            bytes.append(opening)
            append(text, 0..<count, to: &bytes)
            return bytes.append(closing)
        }
        // Nothing to escape, which is the usual thing: all three at once.
        bytes.append(addingCapacity: opening.utf8CodeUnitCount + count + closing.utf8CodeUnitCount) { out in
            out.append(opening)
            out.append(text, 0..<count)
            out.append(closing)
        }
    }

    /// Adds `"key":`; the key needs no escapes.
    static func append(key: String, to bytes: inout [UInt8]) {
        bytes.append(quote)
        bytes.append(contentsOf: key.utf8)
        bytes.append(quote)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Adds bytes of UTF-8 with what JSON wants escaped, and DEL, which terminals act on.
    static func append(_ text: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = endOfPlain(text, start..<range.upperBound)
            if end > start { bytes.append(addingCapacity: end - start) { $0.append(text, start..<end) } }
            guard end < range.upperBound else { return }
            escape(text[end], to: &bytes)
            start = end + 1
        }
    }

    /// Where the bytes end that need no escape.
    ///
    /// Eight bytes at a time: in each, a byte below 0x20 borrows its high bit, and so does one that was made zero.
    private static func endOfPlain(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            let hits = escapes(text, index)
            guard hits == 0 else { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        // The last eight bytes once more tell of the rest, which is fewer.
        if range.count >= 8, escapes(text, range.upperBound - 8) == 0 { return range.upperBound }
        while index < range.upperBound, isPlain(text[index]) { index += 1 }
        return index
    }

    /// The high bit of each of eight bytes that needs an escape; in those behind the first one it may be set for nothing.
    @inline(__always) private static func escapes(_ text: Span<UInt8>, _ index: Int) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // In bounds by the callers' conditions; any 8 bytes are a valid UInt64.
        let word = unsafe UInt64(
            littleEndian: text.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        )
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5c)
        let deletes = word ^ (ones &* 0x7f)
        var hits = (word &- ones &* 0x20) & ~word
        hits |= (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes | (deletes &- ones) & ~deletes
        return hits & (ones &* 0x80)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x22 && byte != 0x5c && byte != 0x7f
    }

    /// Adds a number; what JSON has no number for becomes the text that OTLP's JSON uses: `"NaN"`, `"Infinity"`.
    static func append(_ number: Double, to bytes: inout [UInt8]) {
        if number.isFinite { return bytes.append(contentsOf: "\(number)".utf8) }
        append(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity", to: &bytes)
    }

    /// Adds `true` or `false`.
    static func append(_ value: Bool, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case quote, UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}

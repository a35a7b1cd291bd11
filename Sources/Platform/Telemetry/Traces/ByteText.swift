/// What header grammars ask of bytes.
enum ByteText {
    /// The first place of `byte` in a range, its end without one: the cost is the range's, whatever follows it.
    static func end(before byte: UInt8, in text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, text[index] != byte { index += 1 }
        return index
    }

    /// The range without blanks and tabs at its ends.
    static func trimmed(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, isBlank(text[lower]) { lower += 1 }
        while upper > lower, isBlank(text[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    /// Whether two ranges hold the same bytes.
    static func equals(
        _ left: Span<UInt8>,
        _ one: Range<Int>,
        _ right: Span<UInt8>,
        _ other: Range<Int>
    ) -> Bool {
        guard one.count == other.count else { return false }
        for offset in 0..<one.count where left[one.lowerBound + offset] != right[other.lowerBound + offset] {
            return false
        }
        return true
    }

    /// Whether a range holds the bytes of `text`.
    static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String.UTF8View) -> Bool {
        guard range.count == text.count else { return false }
        var index = range.lowerBound
        for byte in text {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// A range as text, invalid UTF-8 repaired.
    static func string(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(bytes[index]) }
        return String(decoding: copy, as: UTF8.self)
    }

    /// Whether it is white space in a field (RFC 9110 §5.6.3).
    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

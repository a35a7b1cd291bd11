/// Finds where a run of bytes ends.
enum ByteScan {
    /// The first index from `start` whose byte may not stand in a field value; the span's count without one.
    ///
    /// Eight bytes at a time: in each, a byte below 0x20 borrows its high bit, and 0x7F becomes zero first.
    static func endOfFieldValue(_ span: Span<UInt8>, from start: Int) -> Int {
        let raw = unsafe span.bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index + 8 <= span.count {
            // In bounds by the loop's condition; any 8 bytes are a valid UInt64.
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let delete = word ^ (ones &* 0x7F)
            let hits = ((word &- ones &* 0x20) & ~word | (delete &- ones) & ~delete) & (ones &* 0x80)
            guard hits != 0 else {
                index += 8
                continue
            }
            index += hits.trailingZeroBitCount / 8
            guard span[index] == UInt8(ascii: "\t") else { return index }
            index += 1
        }
        while index < span.count, ByteClass.isFieldValue(span[index]) { index += 1 }
        return index
    }

    /// The first index from `start` whose byte is no token byte; the span's count without one.
    @inline(__always) static func endOfToken(_ span: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < span.count, ByteClass.isToken(span[index]) { index += 1 }
        return index
    }

    /// Whether the bytes of `range` are `text` without regard to case.
    static func equals(_ span: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count {
            // A literal's bytes live as long as the program, and the offset is below its count.
            let expected = unsafe text.utf8Start[offset]
            guard ByteClass.lowercase(span[range.lowerBound + offset]) == expected else { return false }
        }
        return true
    }
}

/// Comma-separated lists (RFC 9110 §5.6.1).
enum ListMembers {
    /// Whether one member of the list is `token`, given in lower case, in any case.
    static func contains(_ token: StaticString, in list: Span<UInt8>) -> Bool {
        var found = false
        forEach(in: list) { if ByteScan.equals(list, $0, token) { found = true } }
        return found
    }

    /// Calls `body` with each member that is not empty, without the white space around it.
    static func forEach(in list: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start <= list.count {
            var end = start
            while end < list.count, list[end] != UInt8(ascii: ",") { end += 1 }
            let member = trim(list, start..<end)
            if !member.isEmpty { body(member) }
            start = end + 1
        }
    }

    /// The range without spaces and tabs at its ends.
    static func trim(_ span: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, isBlank(span[lower]) { lower += 1 }
        while upper > lower, isBlank(span[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

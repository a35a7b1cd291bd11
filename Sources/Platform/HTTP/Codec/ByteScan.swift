/// Finds where a run of bytes ends.
enum ByteScan {
    /// The first index from `start` whose byte may not stand in a field value; the span's count without one.
    ///
    /// Sixteen bytes at a time while all are visible ASCII or spaces: one below 0x20 borrows a high bit, 0x7F reaches it
    /// when 1 is added, and the others have it. Then eight at a time, where 0x7F becomes zero first.
    static func endOfFieldValue(_ span: Span<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let last = span.count - 8
        precondition(start >= 0, "a value begins before its message")
        var index = start
        // The span lends its bytes for this call. Each load is in bounds by the loop's condition, which the compiler could
        // not tell for a span; any 8 bytes are a valid UInt64.
        unsafe span.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            while index <= last - 8 {
                let first = unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let second = unsafe base.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)
                let high = (first &- ones &* 0x20) | (first &+ ones) | first
                let higher = (second &- ones &* 0x20) | (second &+ ones) | second
                guard (high | higher) & (ones &* 0x80) == 0 else { break }
                index &+= 16
            }
            while index <= last {
                let word = unsafe UInt64(
                    littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                )
                let delete = word ^ (ones &* 0x7F)
                let hits =
                    ((word &- ones &* 0x20) & ~word | (delete &- ones) & ~delete) & (ones &* 0x80)
                guard hits != 0 else {
                    index &+= 8
                    continue
                }
                index &+= hits.trailingZeroBitCount / 8
                guard unsafe bytes[index] == UInt8(ascii: "\t") else { break }
                index &+= 1
            }
        }
        while index < span.count, ByteClass.isFieldValue(span[index]) { index += 1 }
        return index
    }

    /// Whether the eight bytes at `index`, read as a little-endian number, are `word`.
    @inline(__always) static func begins(_ span: Span<UInt8>, at index: Int, with word: UInt64) -> Bool {
        guard index + 8 <= span.count else { return false }
        // In bounds as just checked; any 8 bytes are a valid UInt64.
        return unsafe span.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            == UInt64(littleEndian: word)
    }

    /// The first index in `range` whose byte is `_`; nil without one. Eight bytes at a time: in each, what was made zero
    /// borrows its high bit.
    static func firstUnderscore(_ span: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let raw = unsafe span.bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            // In bounds by the loop's condition, since the range is; any 8 bytes are a valid UInt64.
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let others = word ^ (ones &* 0x5F)
            let hits = (others &- ones) & ~others & (ones &* 0x80)
            guard hits == 0 else { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < range.upperBound {
            if span[index] == UInt8(ascii: "_") { return index }
            index += 1
        }
        return nil
    }

    /// The first eight bytes in lower case, as a number; fewer where there are fewer.
    ///
    /// In each byte, without its high bit, adding 0x3F reaches 0x80 from `A` on, and adding 0x25 does behind `Z`.
    @inline(__always) static func lowercaseBeginning(_ span: Span<UInt8>) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var word: UInt64 = 0
        if span.count >= 8 {
            // In bounds as just checked; any 8 bytes are a valid UInt64.
            word = unsafe UInt64(littleEndian: span.bytes.unsafeLoadUnaligned(as: UInt64.self))
        } else {
            for index in span.indices { word |= UInt64(span[index]) << UInt64(index * 8) }
        }
        let low = word & (ones &* 0x7F)
        let capitals = (low &+ ones &* 0x3F) & ~(low &+ ones &* 0x25) & ~word & (ones &* 0x80)
        return word | capitals >> 2
    }

    /// The first index from `start` whose byte is no token byte; the span's count without one.
    ///
    /// Letters and dashes, of which nearly all names are made, are looked at eight at a time.
    @inline(__always) static func endOfToken(_ span: Span<UInt8>, from start: Int) -> Int {
        let raw = unsafe span.bytes
        var index = start
        while index + 8 <= span.count {
            // In bounds by the loop's condition; any 8 bytes are a valid UInt64.
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let others = othersThanLettersAndDashes(word)
            guard others == 0 else {
                index += others.trailingZeroBitCount / 8
                break
            }
            index += 8
        }
        while index < span.count, ByteClass.isToken(span[index]) { index += 1 }
        return index
    }

    /// The high bit of each byte that is neither a letter nor `-`.
    ///
    /// Each byte is added to without its high bit, so that no sum reaches its neighbour: 0x61 + 0x1F and 0x7B + 5 are
    /// 0x80, and a difference from `-` plus 0x7F is at least that unless it is zero.
    @inline(__always) private static func othersThanLettersAndDashes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low = word & (ones &* 0x7F)
        let lowercase = low | ones &* 0x20
        let isFromA = lowercase &+ ones &* 0x1F
        let isBehindZ = lowercase &+ ones &* 0x05
        let isNoDash = (low ^ ones &* 0x2D) &+ ones &* 0x7F
        return ((~isFromA | isBehindZ) & isNoDash | word) & (ones &* 0x80)
    }

    /// Whether the bytes of `range` are `text`, given in lower case, without regard to case.
    ///
    /// Eight bytes at a time, the last eight perhaps a second time. Setting a byte's bit 5 makes a letter lower case and
    /// leaves `-`, `/`, `:` and digits alone; only control bytes could become one of these, and `range` is checked text.
    @inline(__always)
    static func equals(_ span: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        let count = range.count
        guard count == text.utf8CodeUnitCount else { return false }
        let bytes = unsafe span.bytes
        // All reads are within `range`, which is within the span, and within the literal's bytes, of the same number.
        let expected = unsafe UnsafeRawPointer(text.utf8Start)
        func word<Word: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ bit5: Word) -> Bool {
            let found = unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: range.lowerBound + offset,
                as: Word.self
            )
            return unsafe found | bit5 == expected.loadUnaligned(fromByteOffset: offset, as: Word.self)
        }
        guard count >= 4 else { return (0..<count).allSatisfy { word($0, 0x20 as UInt8) } }
        guard count >= 8 else {
            return word(0, 0x2020_2020 as UInt32) && word(count - 4, 0x2020_2020 as UInt32)
        }
        var offset = 0
        while offset < count - 8 {
            guard word(offset, 0x2020_2020_2020_2020 as UInt64) else { return false }
            offset += 8
        }
        return word(count - 8, 0x2020_2020_2020_2020 as UInt64)
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

/// Writing the values of fields in place.
extension OutputSpan where Element == UInt8 {
    /// Appends bytes; the room must suffice.
    mutating func append(bytes: [UInt8]) { for byte in bytes { append(byte) } }

    /// Appends a literal; the room must suffice.
    mutating func append(literal text: StaticString) {
        // The index stays below the literal's count, and its bytes live as long as the program.
        for index in 0..<text.utf8CodeUnitCount { append(unsafe text.utf8Start[index]) }
    }

    /// Appends a number in decimal digits, 20 at most; a negative one as 0.
    mutating func append(decimal number: Int) {
        var rest = UInt(max(0, number))
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        repeat {
            start -= 1
            digits[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest > 0
        while start < 20 {
            append(digits[start])
            start += 1
        }
    }
}

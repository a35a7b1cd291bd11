/// Writing the values of fields in place; the room must suffice.
extension OutputSpan where Element == UInt8 {
    /// Appends bytes.
    package mutating func append(bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(copying: $0) }
    }

    /// Appends a literal.
    package mutating func append(literal text: StaticString) { append(text) }

    /// Appends a number in decimal digits, 20 at most; a negative one as 0.
    package mutating func append(decimal number: Int) {
        var rest = UInt(max(0, number))
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        repeat {
            start -= 1
            digits[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest > 0
        append(digits.span, start..<20)
    }
}

/// The syntax of `host[:port]` (RFC 9110 §7.2, RFC 3986 §3.2): no user, no empty host, a port up to 65535.
enum Authority {
    /// Whether the bytes of `range` are a host with an optional port.
    static func isValid(_ span: Span<UInt8>, _ range: Range<Int>, needsPort: Bool = false) -> Bool {
        var index = range.lowerBound
        let end = range.upperBound
        if index < end, span[index] == UInt8(ascii: "[") {
            index += 1
            let start = index
            while index < end, isAddressByte(span[index]) { index += 1 }
            guard index > start + 1, index < end, span[index] == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            let start = index
            while index < end, ByteClass.isRegisteredName(span[index]) {
                if span[index] == UInt8(ascii: "%") {
                    guard TargetForm.isEscape(span, at: index, before: end) else { return false }
                    index += 2
                }
                index += 1
            }
            guard index > start else { return false }
        }
        guard index < end else { return !needsPort }
        guard span[index] == UInt8(ascii: ":") else { return false }
        return isPort(span, (index + 1)..<end, mayBeEmpty: !needsPort)
    }

    private static func isPort(_ span: Span<UInt8>, _ range: Range<Int>, mayBeEmpty: Bool) -> Bool {
        guard !range.isEmpty else { return mayBeEmpty }
        guard range.count <= 5 else { return false }
        var port = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let digit = span[index] &- 48
            guard digit < 10 else { return false }
            // At most five digits: no overflow.
            port = port &* 10 &+ Int(digit)
            index += 1
        }
        return port <= 65_535
    }

    /// An IPv6 address or a future literal: hex digits, colons, dots (RFC 3986 §3.2.2).
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        ByteClass.hexDigit(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}

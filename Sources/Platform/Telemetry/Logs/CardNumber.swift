/// Card numbers: 13–19 digits that pass the Luhn test and begin as an issuer's do (ISO/IEC 7812-1, annex B).
enum CardNumber {
    /// The card number that begins at `start`, a digit, and where to look on: behind all its digits.
    static func step(_ text: Span<UInt8>, _ start: Int) -> (finding: Range<Int>?, next: Int) {
        // Too little follows for one, whatever it is: the next byte is as good a start.
        guard text.count - start >= 13 else { return (nil, start + 1) }
        var digits = 0
        var sum = LuhnSum()
        var (end, next) = (start, start)
        while next < text.count, (48...57).contains(text[next]) {
            digits += 1
            if digits <= 19 { sum.add(text[next] - 48) }
            end = next + 1
            next = end
            // Groups are set apart by one space or dash.
            let isSeparated = next + 1 < text.count && (text[next] == 32 || text[next] == 45)
            if isSeparated, (48...57).contains(text[next + 1]), digits < 19 { next += 1 }
        }
        let isApart = start == 0 || !isWordByte(text[start - 1])
        let isCard =
            (13...19).contains(digits) && isApart && (end == text.count || !isWordByte(text[end]))
            && isIssuer(text, start) && sum.isValid
        return (isCard ? start..<end : nil, end)
    }

    /// Whether a number is one.
    static func isCardNumber(_ number: Int) -> Bool {
        guard number >= 1_000_000_000_000 else { return false }
        let digits = Array(String(number).utf8)
        return step(digits.span, 0).finding != nil
    }

    /// The first digits that card networks have: 2221–2720, 3, 4, 5, 6.
    private static func isIssuer(_ text: Span<UInt8>, _ start: Int) -> Bool {
        switch text[start] {
        case UInt8(ascii: "3")...UInt8(ascii: "6"): true
        case UInt8(ascii: "2"): (50...55).contains(text[start + 1])
        default: false
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
}

/// The Luhn sum of digits that come from left to right, for both places the check digit may have.
private struct LuhnSum {
    private var sums = (0, 0)

    mutating func add(_ digit: UInt8) {
        let doubled = Int(digit) * 2
        sums = (sums.1 + Int(digit), sums.0 + (doubled > 9 ? doubled - 9 : doubled))
    }

    var isValid: Bool { sums.0 % 10 == 0 }
}

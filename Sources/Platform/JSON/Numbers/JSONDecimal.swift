/// A number's decimal digits, for integers that never go through a `Double`.
struct JSONDecimal {
    /// Why a number is not an integer of a type.
    enum Refusal: Error {
        case notAnInteger
        case outOfRange
    }

    private var magnitude: UInt64 = 0
    private var isTooLarge = false
    /// Zeros behind the digits taken so far; they count only when another digit follows.
    private var pendingZeros = 0
    /// The power of ten of the last digit.
    private var exponent = 0
    private let isNegative: Bool

    /// Reads a number that ``JSONScan`` has accepted.
    init(_ text: Span<UInt8>) {
        isNegative = text[0] == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        var isFraction = false
        while index < text.count, text[index] | 0x20 != UInt8(ascii: "e") {
            if text[index] == UInt8(ascii: ".") {
                isFraction = true
            } else {
                if isFraction { exponent -= 1 }
                append(text[index] - UInt8(ascii: "0"))
            }
            index += 1
        }
        exponent += pendingZeros + Self.exponent(text, from: index + 1)
    }

    /// The number as an integer, when it is one exactly: `1`, `1.0`, `1e3`, `12.5e1`.
    func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Result<Value, Refusal> {
        guard magnitude != 0 else { return .success(0) }
        guard exponent >= 0 else { return .failure(.notAnInteger) }
        var value = magnitude
        var overflows = isTooLarge
        for _ in 0..<min(exponent, 20) where !overflows {
            (value, overflows) = value.multipliedReportingOverflow(by: 10)
        }
        guard !overflows, let exact = Self.signed(value, isNegative, type) else {
            return .failure(.outOfRange)
        }
        return .success(exact)
    }

    /// The number as the product or quotient of two numbers that a `Double` holds exactly, so that the only rounding is
    /// the last (Clinger 1990); nil when it is not that simple.
    var simpleDouble: Double? {
        guard magnitude <= 1 << 53, !isTooLarge, abs(exponent) <= 22 else { return nil }
        let digits = Double(magnitude)
        let power = Self.powers[abs(exponent)]
        let value = exponent < 0 ? digits / power : digits * power
        return isNegative ? -value : value
    }

    /// The powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18,
        1e19, 1e20, 1e21, 1e22,
    ]

    private mutating func append(_ digit: UInt8) {
        guard digit != 0 else {
            if magnitude != 0 { pendingZeros += 1 }
            return
        }
        // A number with 20 digits between its first and its last is over every limit.
        isTooLarge = isTooLarge || pendingZeros >= 20
        while pendingZeros > 0 {
            push(0)
            pendingZeros -= 1
        }
        push(digit)
    }

    private mutating func push(_ digit: UInt8) {
        guard !isTooLarge else { return }
        let (tens, overflowsTens) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, overflows) = tens.addingReportingOverflow(UInt64(digit))
        isTooLarge = overflowsTens || overflows
        if !isTooLarge { magnitude = sum }
    }

    /// The digits behind the `e`, held below 10¹⁵, far beyond what a text's length could make up for.
    private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int {
        guard start < text.count else { return 0 }
        var value = 0
        for index in start..<text.count where text[index] &- UInt8(ascii: "0") < 10 {
            value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), 1_000_000_000_000_000)
        }
        return text[start] == UInt8(ascii: "-") ? -value : value
    }

    private static func signed<Value: FixedWidthInteger>(
        _ magnitude: UInt64,
        _ isNegative: Bool,
        _ type: Value.Type
    ) -> Value? {
        guard isNegative else { return Value(exactly: magnitude) }
        guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
        return Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
    }
}

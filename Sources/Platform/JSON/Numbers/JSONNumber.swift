/// A JSON number exactly as it was written, whatever its size and precision.
///
/// Two numbers are equal when they are written alike: `1` and `1.0` are not.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number as JSON has it (RFC 8259 §6).
    public let description: String

    /// Takes a text that is a JSON number and nothing else; nil for any other.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "-") || first &- 48 < 10,
            case .success(let lexeme) = JSONScan.number(bytes.span, from: 0),
            lexeme.range.upperBound == bytes.count
        else { return nil }
        description = text
    }

    /// An integer.
    public init(_ value: some FixedWidthInteger) { description = String(value) }

    /// A `Double` by the shortest text that reads as the same; nil for infinity and NaN.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        description = "\(value)"
    }

    init(validated text: String) { description = text }

    /// The value as a 64-bit integer; nil when it is no integer or out of range.
    public var int64: Int64? { integer(Int64.self) }

    /// The value as an unsigned 64-bit integer; nil when it is no integer or out of range.
    public var uint64: UInt64? { integer(UInt64.self) }

    /// The nearest `Double`; nil when that would be infinite.
    public var double: Double? { Self.double(description.utf8.span) }

    private func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
        try? JSONDecimal(description.utf8.span).integer(type).get()
    }

    /// The nearest `Double` of a number's text; nil when that would be infinite.
    static func double(_ text: Span<UInt8>) -> Double? {
        if let simple = JSONDecimal(text).simpleDouble { return simple }
        guard let value = Double(JSONString.text(text, hasEscapes: false)), value.isFinite else { return nil }
        return value
    }

    /// The nearest `Float` of a number's text, rounded once; nil when that would be infinite.
    static func float(_ text: Span<UInt8>) -> Float? {
        guard let value = Float(JSONString.text(text, hasEscapes: false)), value.isFinite else { return nil }
        return value
    }
}

/// Where a string's or a number's characters stand in the text.
public struct JSONLexeme: Sendable, Hashable {
    let start: UInt32
    let end: UInt32
    /// Whether a string has escapes, so that its bytes differ from its value.
    public let hasEscapes: Bool

    init(_ range: Range<Int>, hasEscapes: Bool = false) {
        // The limit of a text's bytes is below 2³¹.
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
        self.hasEscapes = hasEscapes
    }

    /// The bytes, without a string's quotes.
    public var range: Range<Int> { Int(start)..<Int(end) }

    /// The string's value; `bytes` is the text that the lexeme was read from.
    public func text(in bytes: Span<UInt8>) -> String {
        JSONString.text(bytes.extracting(range), hasEscapes: hasEscapes)
    }

    /// The number, exactly as it was written; `bytes` is the text that the lexeme was read from.
    public func number(in bytes: Span<UInt8>) -> JSONNumber {
        JSONNumber(validated: JSONString.text(bytes.extracting(range), hasEscapes: false))
    }
}

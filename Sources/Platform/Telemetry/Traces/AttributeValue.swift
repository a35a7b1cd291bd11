/// What an attribute can hold (OpenTelemetry specification, "Attribute").
public enum AttributeValue: Sendable, Hashable {
    /// Text.
    case string(String)
    /// A whole number.
    case int(Int)
    /// A number.
    case double(Double)
    /// Yes or no.
    case bool(Bool)
    /// Texts.
    case strings([String])
    /// Whole numbers.
    case ints([Int])
    /// Numbers.
    case doubles([Double])
    /// Yeses and noes.
    case bools([Bool])

    /// Texts no longer than `limit` bytes, cut where a character begins. What is cut has no secrets any more: half of one
    /// might not be known for what it is.
    func truncated(to limit: Int) -> AttributeValue {
        guard isLonger(than: limit) else { return self }
        return switch self {
        case .string(let text): .string(Self.cut(text, limit))
        case .strings(let texts): .strings(texts.map { Self.cut($0, limit) })
        default: self
        }
    }

    /// Whether a text in it has more bytes.
    func isLonger(than limit: Int) -> Bool { textByteCount > limit }

    /// The bytes of the longest text in it; 0 without one.
    var textByteCount: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .strings(let texts): texts.reduce(0) { max($0, $1.utf8.count) }
        default: 0
        }
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let safe = Redactor.standard.text(text)
        guard safe.utf8.count > limit else { return safe }
        let end = safe.utf8.index(safe.startIndex, offsetBy: limit)
        return String(safe.unicodeScalars[..<end])
    }
}

extension AttributeValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    /// Takes text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Takes a whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// Takes a number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Takes yes or no.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

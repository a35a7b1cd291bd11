/// 64 bits that name a span within its trace; zero names none (W3C Trace Context level 1 §3.2.2.4).
public struct SpanID: Hashable, Sendable, CustomStringConvertible {
    /// The number, big-endian on the wire.
    public let value: UInt64

    /// Takes a number as it is.
    public init(value: UInt64) { self.value = value }

    /// Reads 16 lower-case hex digits that are not all zero; nil for anything else.
    public init?(_ text: Span<UInt8>) {
        guard text.count == 16, let value = Hexadecimal.parse(text), value != 0 else { return nil }
        self.value = UInt64(truncatingIfNeeded: value)
    }

    /// Makes a new one that is not zero.
    public static func random() -> SpanID {
        var value: UInt64 = 0
        while value == 0 { value = RandomSource.next() }
        return SpanID(value: value)
    }

    /// The id that names no span.
    public static let none = SpanID(value: 0)

    /// 16 hex digits.
    public var description: String { Hexadecimal.text(value) }
}

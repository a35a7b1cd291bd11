/// 128 bits that name a trace; zero names none (W3C Trace Context level 1 §3.2.2.3).
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// The number, big-endian on the wire.
    public let value: UInt128

    /// Takes a number as it is.
    public init(value: UInt128) { self.value = value }

    /// Reads 32 lower-case hex digits that are not all zero; nil for anything else.
    public init?(_ text: Span<UInt8>) {
        guard text.count == 32, let value = Hexadecimal.parse(text), value != 0 else { return nil }
        self.value = value
    }

    /// Makes a new one that is not zero.
    public static func random() -> TraceID {
        var value: UInt128 = 0
        while value == 0 { value = UInt128(RandomSource.next()) << 64 | UInt128(RandomSource.next()) }
        return TraceID(value: value)
    }

    /// The id that names no trace.
    public static let none = TraceID(value: 0)

    /// 32 hex digits.
    public var description: String { Hexadecimal.text(value) }
}

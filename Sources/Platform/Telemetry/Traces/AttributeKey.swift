/// The name of an attribute of a span or a field of a log line, spelled as OpenTelemetry spells it.
///
/// The well-known ones are constants, so that each is written once.
public struct AttributeKey: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let name: String

    /// Takes a name.
    public init(_ name: String) { self.name = name }

    /// Takes a name written in the source.
    public init(stringLiteral name: String) { self.name = name }

    /// The name.
    public var description: String { name }
}

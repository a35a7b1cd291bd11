/// The name of an attribute of a span or a field of a log line, spelled as OpenTelemetry spells it.
///
/// The well-known ones are constants, so that each is written once.
public struct AttributeKey: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let name: String
    /// Whether it is known to be no secret's name, so that nobody has to look; see ``Redactor``.
    let isPlain: Bool

    /// Takes a name.
    public init(_ name: String) {
        self.name = name
        isPlain = false
    }

    /// Takes a name written in the source.
    public init(stringLiteral name: String) { self.init(name) }

    /// Takes a name that is no secret's.
    init(plain name: String) {
        self.name = name
        isPlain = true
    }

    /// The name.
    public var description: String { name }

    /// Whether the names are the same. Most are not, which their lengths tell first.
    public static func == (left: AttributeKey, right: AttributeKey) -> Bool {
        left.name.utf8.count == right.name.utf8.count && left.name == right.name
    }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The name of an attribute of a span or a field of a log line, spelled as OpenTelemetry spells it.
///
/// The well-known ones are constants, so that each is written once.
public struct AttributeKey: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let name: String
    /// What is known of it, so that nobody has to look; see ``Redactor``.
    let knowledge: Knowledge

    /// What can be known of a name and the values under it.
    enum Knowledge: Comparable {
        case nothing
        /// The name is no secret's, and JSON writes it as it is.
        case plainName
        /// Its values neither hold secrets: they are numbers, words of a closed list, or the program's own.
        case plainValues
    }

    /// Takes a name.
    public init(_ name: String) {
        self.name = name
        knowledge = .nothing
    }

    /// Takes a name written in the source.
    public init(stringLiteral name: String) { self.init(name) }

    /// Takes a name of which more is known.
    init(_ name: String, _ knowledge: Knowledge) {
        self.name = name
        self.knowledge = knowledge
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

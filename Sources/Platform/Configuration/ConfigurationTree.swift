/// The parsed configuration file, whatever parsed it: the values of RFC 8259, numbers as they were written.
public indirect enum ConfigurationTree: Sendable, Equatable {
    /// A member of an object.
    public struct Member: Sendable, Equatable {
        /// The member's name.
        public let name: String
        /// The member's value.
        public let value: ConfigurationTree

        /// Makes a member.
        public init(_ name: String, _ value: ConfigurationTree) {
            self.name = name
            self.value = value
        }
    }

    /// A group of settings, in the order of the file.
    case object([Member])
    /// A list of values.
    case list([ConfigurationTree])
    /// A string.
    case text(String)
    /// A number, in the digits of the file.
    case number(String)
    /// `true` or `false`.
    case boolean(Bool)
    /// `null`, which no setting takes.
    case null
}

/// Why routes can't be served as they were declared. Found at start, all of them at once.
public struct RoutingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One mistake in a declaration.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The route: method and path.
        public let route: String
        /// What kind of mistake it is.
        public let code: Code
        /// What was found, and what to do.
        public let detail: String

        /// The route, and what to do.
        public var description: String { "\(route): \(detail)" }
    }

    /// A kind of mistake.
    public enum Code: Sendable, Equatable {
        /// The path is malformed.
        case path
        /// Method and path are declared twice.
        case duplicate
        /// Two paths that match the same requests name a parameter differently.
        case parameterName
        /// The handler takes more or fewer path parameters than the path has, or another kind.
        case parameterCount
        /// The handler takes the content twice, or its method has none.
        case body
        /// The handler takes two query types.
        case query
        /// A limit or a time is not positive.
        case limit
        /// The route needs something that the settings don't have.
        case setting
    }

    /// All mistakes, never empty.
    public let problems: [Problem]

    /// One line for each mistake.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

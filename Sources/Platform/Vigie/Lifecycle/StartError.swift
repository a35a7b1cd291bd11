/// Why a service can't start, in a line that says what to do.
public struct StartError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line.
    public let description: String

    /// Takes the line.
    public init(_ description: String) { self.description = description }
}

/// A configuration that a program can't start with: all that is wrong, at once.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The mistakes, in the order of arguments, environment, file and parts. At least one.
    public let mistakes: [ConfigurationMistake]

    /// A line for each mistake under a line with their number. It holds no secret.
    public var description: String {
        let count = mistakes.count == 1 ? "1 mistake" : "\(mistakes.count) mistakes"
        return (["\(count) in the configuration:"] + mistakes.map { "  \($0)" }).joined(separator: "\n")
    }
}

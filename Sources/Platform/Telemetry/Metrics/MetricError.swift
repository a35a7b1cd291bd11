/// Why a metric can't be declared or looked up: a mistake in the program, found when it starts.
public struct MetricError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The rule that was broken.
    public enum Code: Sendable, Equatable {
        /// The name, a label's name, the unit or the help text breaks a rule.
        case invalid(String)
        /// Another metric has this name, or exposes a series of this name.
        case taken(by: String)
        /// A lookup with another number of label values than declared.
        case labelCount(expected: Int, got: Int)
    }

    /// What is wrong.
    public let code: Code
    /// The metric's name as it was given.
    public let metric: String

    /// What is wrong and what to do.
    public var description: String {
        switch code {
        case .invalid(let rule): "metric \(metric): \(rule)"
        case .taken(let owner):
            "metric \(metric): \(owner) is declared already; declare a metric once and pass its family on"
        case .labelCount(let expected, let got):
            "metric \(metric): \(got) label values given, \(expected) labels declared"
        }
    }
}

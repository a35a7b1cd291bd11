/// What reading or writing JSON fails with: one problem, or several when all fields were asked for.
///
/// It holds no value of the document, only its keys, so it may be logged and sent to the client.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All that was found, never empty; in the order of the reading.
    public let problems: [JSONFieldProblem]

    private let first: JSONFieldProblem

    /// An error of one problem.
    public init(_ problem: JSONFieldProblem) {
        first = problem
        problems = [problem]
    }

    /// An error of several problems; nil of none.
    public init?(_ problems: [JSONFieldProblem]) {
        guard let first = problems.first else { return nil }
        self.first = first
        self.problems = problems
    }

    /// The first problem's reason.
    public var reason: JSONReason { first.reason }
    /// The first problem's place.
    public var path: JSONPath { first.path }
    /// The bytes before the first problem; nil when there was no text.
    public var offset: Int? { first.offset }

    /// Every problem, separated by semicolons.
    public var description: String { problems.map(\.description).joined(separator: "; ") }
}

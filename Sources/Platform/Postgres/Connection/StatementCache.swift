/// A statement that the server keeps prepared on one connection.
final class PreparedStatement {
    let text: String
    let name: String
    /// Why the server would not prepare it: also the answer to what was sent behind that, and finds no such name.
    var refusal: PostgresError?
    /// The cache's count at its last use.
    fileprivate(set) var lastUse = 0
    private let metrics: PostgresMetrics?
    /// What it is to metrics and spans; found out when that is first asked for.
    private(set) lazy var kind = StatementKind(of: text, metrics)

    init(text: String, name: String, _ metrics: PostgresMetrics?) {
        self.text = text
        self.name = name
        self.metrics = metrics
    }
}

/// The prepared statements of one connection by their text, the least recently used ones dropped.
struct StatementCache {
    private let limit: Int
    private let metrics: PostgresMetrics?
    private var statements: [String: PreparedStatement] = [:]
    private var uses = 0
    private var lastName = 0

    init(limit: Int, _ metrics: PostgresMetrics?) {
        self.limit = limit
        self.metrics = metrics
    }

    /// A statement that is prepared already.
    mutating func find(_ text: String) -> PreparedStatement? {
        guard let statement = statements[text] else { return nil }
        uses += 1
        statement.lastUse = uses
        return statement
    }

    /// Takes in a new statement; `evicted` is one that the server is to forget for it.
    mutating func add(_ text: String) -> (new: PreparedStatement, evicted: PreparedStatement?) {
        var evicted: PreparedStatement?
        if statements.count >= limit {
            evicted = statements.values.min { $0.lastUse < $1.lastUse }
            if let evicted { statements[evicted.text] = nil }
        }
        lastName += 1
        uses += 1
        let statement = PreparedStatement(text: text, name: "v\(lastName)", metrics)
        statement.lastUse = uses
        statements[text] = statement
        return (statement, evicted)
    }

    /// Forgets a statement, unless another has taken its place already.
    mutating func remove(_ statement: PreparedStatement) {
        if statements[statement.text] === statement { statements[statement.text] = nil }
    }
}

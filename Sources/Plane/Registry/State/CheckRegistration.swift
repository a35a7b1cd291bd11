/// What a client asks the agent to check.
struct CheckRegistration: Sendable, Equatable {
    var id: String
    var name: String
    var notes = ""
    /// Empty for a check of the node.
    var serviceID = ""
    /// The status of a new check; nil for critical.
    var status: CheckStatus?
    var plan: CheckPlan
}

/// What a run of a check found.
struct CheckResult: Sendable, Equatable {
    var status: CheckStatus
    var output: String
}

/// Outputs of bounded size.
enum OutputText {
    /// Keeps the first `limit` bytes and says how many there were.
    static func cut(_ text: String, to limit: Int) -> String {
        let count = text.utf8.count
        guard count > limit else { return text }
        return
            "\(String(decoding: text.utf8.prefix(limit), as: UTF8.self)) ... (captured \(limit) of \(count) bytes)"
    }
}

/// A claim that holds locks for as long as its owner lives.
struct Session: Sendable, Indexed {
    /// What becomes of its keys when it ends.
    enum Behavior: String, Sendable, Hashable {
        case release
        case delete
    }

    var id: String
    var name = ""
    var node: String
    /// Nanoseconds for which nobody can acquire its keys behind an end that was no release.
    var lockDelay: Int64 = 15_000_000_000
    var behavior = Behavior.release
    /// As it was given; empty for none.
    var ttlText = ""
    /// Nanoseconds; 0 for none.
    var ttl: Int64 = 0
    var nodeChecks: [String] = []
    var serviceChecks: [String] = []
    var createIndex: UInt64 = 0
    var modifyIndex: UInt64 = 0

    /// Whether it depends on a check.
    func depends(on check: CheckKey) -> Bool {
        check.node == node && (nodeChecks.contains(check.id) || serviceChecks.contains(check.id))
    }
}

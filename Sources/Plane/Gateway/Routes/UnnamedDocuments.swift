import Reactor

/// Which documents of services' routes nobody names any more. No socket, no clock.
///
/// A service writes its document before its instance, which names it, is registered, and a service that is rolled back names
/// an old one again: so one that nobody names is left alone for a while.
struct UnnamedDocuments: Sendable {
    /// How long nobody must have named a document before it may go.
    static let patience = Duration.seconds(600)

    /// Since when nobody has named a key.
    private var since: [String: MonotonicInstant] = [:]

    /// Takes what the store has at a moment and what is named then.
    ///
    /// - Returns: the keys that nobody has named for ``patience``.
    mutating func due(of keys: [String], named: Set<String>, at now: MonotonicInstant) -> [String] {
        let unnamed = keys.filter { !named.contains($0) }
        since = Dictionary(uniqueKeysWithValues: unnamed.map { ($0, since[$0] ?? now) })
        return unnamed.filter { key in since[key].map { now - $0 >= Self.patience } ?? false }
    }
}

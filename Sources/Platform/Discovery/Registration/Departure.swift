/// How an instance's leaving went.
public struct Departure: Sendable, Equatable {
    /// Those that called the service and had to confirm.
    public var watchers: Set<String> = []
    /// Those of them that did not in time.
    public var unconfirmed: Set<String> = []
    /// From the deregistration to the last confirmation, or to the end of the time.
    public var propagation = Duration.zero
    /// What kept it from being confirmed; nil when nothing did.
    public var failure: ConsulError?

    /// Whether everybody said that nothing is sent any more.
    public var isConfirmed: Bool { failure == nil && unconfirmed.isEmpty }
}

/// Who has to confirm a leaving, and who has. No socket, no clock.
struct ConfirmationCount: Sendable {
    private let own: String
    private(set) var all: [String: Watcher] = [:]
    private(set) var confirmed: Set<String> = []
    private(set) var dead: Set<String> = []
    private var present: Set<String> = []

    /// `own` is the id of the one that leaves: it waits for itself not.
    init(own: String) { self.own = own }

    /// Takes those whose sessions live now.
    mutating func take(watchers: [String: Watcher]) {
        present = Set(watchers.keys).subtracting([own])
        for id in present { all[id] = watchers[id] }
    }

    mutating func take(confirmations: some Sequence<String>) { confirmed.formUnion(confirmations) }

    /// Nobody answers where the watcher should be.
    mutating func bury(_ id: String) { dead.insert(id) }

    /// Those that are waited for.
    var pending: Set<String> { present.subtracting(confirmed).subtracting(dead) }
}

/// Writes on their way to the disk, and who waits for them.
struct LogQueue {
    private struct Wait {
        let index: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// Records that no write to the disk has taken yet.
    private(set) var pending: [UInt8] = []
    /// The index of the newest record.
    private(set) var appended: UInt64
    /// The disk has all up to this index.
    private(set) var durable: UInt64
    private var waits: [Wait] = []
    /// Why the log can't be written any more; nil while it can.
    private(set) var failure: String?

    init(durable: UInt64) {
        appended = durable
        self.durable = durable
    }

    var isIdle: Bool { pending.isEmpty }

    mutating func append(_ change: Change) {
        LogRecord(index: change.index, mutations: change.mutations).append(to: &pending)
        appended = change.index
    }

    /// Takes all that waits to be written, with the index of its last record.
    mutating func take() -> (bytes: [UInt8], index: UInt64) {
        defer { pending = [] }
        return (pending, appended)
    }

    /// Waits in line until the disk has `index`; the continuation gets false when it never will.
    mutating func wait(for index: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        waits.append(Wait(index: index, continuation: continuation))
    }

    /// The disk has all up to `index`.
    mutating func finish(_ index: UInt64) {
        durable = index
        waits.removeAll { wait in
            guard wait.index <= index else { return false }
            wait.continuation.resume(returning: true)
            return true
        }
    }

    /// The disk refused: nothing more is written, for nobody knows what it has.
    mutating func fail(_ reason: String) {
        failure = reason
        for wait in waits { wait.continuation.resume(returning: false) }
        waits = []
    }
}

/// Writes on their way to the disk, and who waits for them.
struct LogQueue {
    private struct Wait {
        let index: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// What becomes of records.
    private enum Phase {
        case writing
        /// The disk refused: what it doesn't have is being taken back.
        case undoing(String)
        /// Records are dropped, until a snapshot can be written.
        case failed(String)
        /// A snapshot is being written: records are kept for the log behind it.
        case healing(String)
    }

    /// Records that no write to the disk has taken yet.
    private(set) var pending: [UInt8] = []
    /// The index of the newest record.
    private(set) var appended: UInt64
    /// The disk has all up to this index.
    private(set) var durable: UInt64
    private var waits: [Wait] = []
    private var undoWaits: [CheckedContinuation<Void, Never>] = []
    private var phase = Phase.writing

    init(durable: UInt64) {
        appended = durable
        self.durable = durable
    }

    var isIdle: Bool { pending.isEmpty }

    /// Why the log can't be written; nil while it can.
    var failure: String? {
        switch phase {
        case .writing: nil
        case .undoing(let reason), .failed(let reason), .healing(let reason): reason
        }
    }

    var isUndoing: Bool {
        if case .undoing = phase { true } else { false }
    }

    /// How the state stands to the disk.
    enum Standing {
        /// The disk has all, or what it lacks is nothing that anybody was promised.
        case settled
        /// The disk lacks writes up to this index.
        case behind(UInt64)
        /// The state holds what the disk will never have.
        case undoing
    }

    var standing: Standing {
        switch phase {
        case .writing: durable < appended ? .behind(appended) : .settled
        case .undoing: .undoing
        case .failed, .healing: .settled
        }
    }

    mutating func append(_ change: Change) {
        switch phase {
        case .writing, .healing:
            LogRecord(index: change.index, mutations: change.mutations).append(to: &pending)
            appended = change.index
        case .undoing, .failed: break
        }
    }

    /// Takes all that waits to be written, with the index of its last record.
    mutating func take() -> (bytes: [UInt8], index: UInt64) {
        defer { pending = [] }
        return (pending, appended)
    }

    /// Waits in line until the disk has `index`; the continuation gets false when it never will.
    ///
    /// Looked at again: the call that makes a continuation may be a suspension, and what is waited for may have come in it.
    mutating func wait(for index: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        guard index > durable else { return continuation.resume(returning: true) }
        guard failure == nil else { return continuation.resume(returning: false) }
        waits.append(Wait(index: index, continuation: continuation))
    }

    /// The disk has all up to `index`.
    mutating func finish(_ index: UInt64) {
        durable = index
        // Those who wait stand in the order of their indexes.
        let done = waits.prefix { $0.index <= index }
        for wait in done { wait.continuation.resume(returning: true) }
        waits.removeFirst(done.count)
    }

    // MARK: A disk that refuses

    /// The disk refused: nobody knows what it has beyond ``durable``.
    mutating func fail(_ reason: String) {
        phase = .undoing(reason)
        pending = []
        for wait in waits { wait.continuation.resume(returning: false) }
        waits = []
    }

    /// Waits until the state is again what the disk has.
    mutating func waitForUndo(_ continuation: CheckedContinuation<Void, Never>) {
        guard isUndoing else { return continuation.resume() }
        undoWaits.append(continuation)
    }

    /// The state is again what the disk has.
    mutating func undone() {
        guard case .undoing(let reason) = phase else { return }
        phase = .failed(reason)
        appended = durable
        for wait in undoWaits { wait.resume() }
        undoWaits = []
    }

    /// Keeps records from now on, for the log behind the snapshot that is written now.
    mutating func beginHealing() {
        guard case .failed(let reason) = phase else { return }
        phase = .healing(reason)
    }

    /// Ends an attempt to go on: the snapshot at `index` is on the disk, or a reason why it is not.
    mutating func endHealing(_ result: Result<UInt64, RegistryError>) {
        switch result {
        case .success(let index):
            phase = .writing
            durable = index
            appended = max(appended, index)
        case .failure(let error):
            phase = .failed(error.description)
            pending = []
            appended = durable
        }
    }
}

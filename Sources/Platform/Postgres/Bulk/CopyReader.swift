import Reactor

/// The rows of a `COPY … TO STDOUT`, one after another.
public struct CopyReader: ~Copyable, Sendable {
    let part: PoolLoop
    let key: LeaseKey
    let deadline: MonotonicInstant
    private(set) var isAtEnd = false

    init(part: PoolLoop, key: LeaseKey, deadline: MonotonicInstant) {
        self.part = part
        self.key = key
        self.deadline = deadline
    }

    /// The next row as the format has it, with its line end; nil at the end.
    ///
    /// - Throws: ``PostgresError``.
    public mutating func next() async throws(PostgresError) -> [UInt8]? {
        guard !isAtEnd else { return nil }
        guard case .row(let row?) = try await part.step(.get, on: key, until: deadline) else {
            isAtEnd = true
            return nil
        }
        return row
    }
}

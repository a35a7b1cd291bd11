/// What gives places out and takes them back.
protocol InFlightCount: AnyObject, Sendable {
    /// Takes a place back; for ``InFlightLease`` alone.
    func leave(_ key: UInt64)
}

/// A place in flight: given back exactly once, where the value that holds it ends. It can't be copied, so it can neither
/// be forgotten on a path of errors nor be given back twice.
struct InFlightLease: ~Copyable, Sendable {
    private let owner: any InFlightCount
    private let key: UInt64

    init(of owner: any InFlightCount, key: UInt64) {
        self.owner = owner
        self.key = key
    }

    /// Gives the place back now.
    consuming func end() {}

    deinit { owner.leave(key) }
}

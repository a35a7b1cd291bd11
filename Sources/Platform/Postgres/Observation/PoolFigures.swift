import Synchronization

/// How one loop's connections stand, written by the loop and read by whoever scrapes.
final class PoolFigures: Sendable {
    /// The most there may be.
    let limit: Int
    private let used = Atomic<Int>(0)
    private let idle = Atomic<Int>(0)
    private let pending = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Connections with a statement on its way or held by a transaction, unused ones, and calls that wait.
    var now: (used: Int, idle: Int, pending: Int) {
        (used.load(ordering: .relaxed), idle.load(ordering: .relaxed), pending.load(ordering: .relaxed))
    }

    func set(used: Int, idle: Int, pending: Int) {
        self.used.store(used, ordering: .relaxed)
        self.idle.store(idle, ordering: .relaxed)
        self.pending.store(pending, ordering: .relaxed)
    }
}

/// The figures of all pools that share their metrics.
final class PoolFigureList: Sendable {
    private let list = Mutex<[PoolFigures]>([])

    func add(_ figures: PoolFigures) { list.withLock { $0.append(figures) } }
    func remove(_ figures: PoolFigures) { list.withLock { $0.removeAll { $0 === figures } } }

    /// One figure, all loops and pools together.
    func sum(_ figure: (PoolFigures) -> Int) -> Double {
        Double(list.withLock { $0 }.reduce(0) { $0 + figure($1) })
    }
}

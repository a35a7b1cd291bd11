import Synchronization

/// What was seen, from any thread.
final class Log: Sendable {
    private let values = Mutex<[Int]>([])

    func add(_ value: Int) { values.withLock { $0.append(value) } }
    var all: [Int] { values.withLock { $0 } }
}

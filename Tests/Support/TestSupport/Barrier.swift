import Dispatch

/// Holds threads up until it is opened, one for each opening; only for those of blocking pools and for loops of a
/// test's own.
package final class Barrier: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}

    package func open(times: Int = 1) { for _ in 0..<times { semaphore.signal() } }
    package func wait() { semaphore.wait() }
}

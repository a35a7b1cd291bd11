import CLinux
import Synchronization

/// A bounded set of threads for calls that block: name resolution, the file system, password hashing.
public final class BlockingPool: Sendable {
    /// The queue is full: the caller should fail its request and say "try again later".
    public struct Overloaded: Error, Sendable, CustomStringConvertible {
        /// How many calls were waiting.
        public let waiting: Int
        /// Says what is full, and how full.
        public var description: String {
            "blocking pool: \(waiting) calls are waiting already; try again later"
        }
    }

    /// Figures for the metrics.
    public struct Snapshot: Sendable, Equatable {
        /// Calls that run now.
        public let running: Int
        /// Calls that wait for a thread.
        public let waiting: Int
        /// Calls refused because the queue was full.
        public let refused: UInt64
    }

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var threads = 0
        var idle = 0
        var running = 0
        var refused: UInt64 = 0
        var isStopping = false
    }

    private let threadLimit: Int
    private let queueLimit: Int
    private let state = Mutex(State())
    private let gate = Gate()

    /// Makes a pool; its threads start when they are first needed.
    public init(threads: Int, queue: Int) {
        precondition(threads > 0 && queue > 0, "a blocking pool needs a thread and room to wait")
        threadLimit = threads
        queueLimit = queue
    }

    /// Runs `body` on one of the pool's threads and waits for it without holding the caller's thread.
    ///
    /// A body that has begun runs to its end, also when the task is cancelled meanwhile.
    /// - Throws: ``Overloaded`` when the queue is full; what `body` throws.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = submit { continuation.resume(with: Result { try body() }) }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }

    /// Reads all figures.
    public func snapshot() -> Snapshot {
        state.withLock { Snapshot(running: $0.running, waiting: $0.queue.count, refused: $0.refused) }
    }

    /// Lets the threads end when the queue is empty.
    func stop() {
        state.withLock { $0.isStopping = true }
        gate.open(times: threadLimit)
    }

    private func submit(_ call: @escaping @Sendable () -> Void) -> Overloaded? {
        enum Next {
            case refuse(Int)
            case start, wake
        }
        let next = state.withLock { state -> Next in
            guard state.queue.count < queueLimit else {
                state.refused += 1
                return .refuse(state.queue.count)
            }
            state.queue.append(call)
            guard state.idle < state.queue.count, state.threads < threadLimit else { return .wake }
            state.threads += 1
            return .start
        }
        switch next {
        case .refuse(let waiting): return Overloaded(waiting: waiting)
        case .start: startThread(name: "blocking") { [self] in work() }
        case .wake: gate.open()
        }
        return nil
    }

    private func work() {
        while let call = take() {
            call()
            state.withLock { $0.running -= 1 }
        }
    }

    private func take() -> (@Sendable () -> Void)? {
        while true {
            let (call, isStopping) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
                guard !state.queue.isEmpty else {
                    if !state.isStopping { state.idle += 1 }
                    return (nil, state.isStopping)
                }
                state.running += 1
                return (state.queue.removeFirst(), false)
            }
            if let call { return call }
            if isStopping { return nil }
            gate.wait()
            state.withLock { $0.idle -= 1 }
        }
    }
}

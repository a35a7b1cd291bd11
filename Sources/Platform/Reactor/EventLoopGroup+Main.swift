import Synchronization

extension EventLoopGroup {
    /// Runs a program's asynchronous part on the first loop while the calling thread, `main`'s, waits for its result.
    ///
    /// A synchronous `main` that calls this is the only form in which blocked signals stay blocked: behind an
    /// asynchronous `main`, libdispatch parks the main thread in sigsuspend(2) with all signals allowed.
    public func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let result = Handover<Value>()
        Task(executorPreference: loops[0]) { result.put(await body()) }
        return result.take()
    }
}

/// One value passed from a task to a thread that waits for it.
private final class Handover<Value: Sendable>: Sendable {
    private let value: Mutex<Value?> = Mutex(nil)
    private let gate = Gate()

    func put(_ new: Value) {
        value.withLock { $0 = new }
        gate.open()
    }

    func take() -> Value {
        while true {
            gate.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}

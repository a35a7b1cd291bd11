public import Reactor
import Synchronization

/// Keeps the calls to one part (a peer, a pool, a route) from taking all there is: so many run at once, so many wait,
/// the rest is refused.
///
/// What it decides stands in ``BulkheadQueue``; here calls are suspended and woken. It may be used from any thread.
public final class Bulkhead: Sendable {
    private enum Wait {
        /// The call has a ticket and is about to be suspended.
        case begun
        case suspended(CheckedContinuation<Result<Void, BulkheadError>, Never>)
        /// The wait ended before the call was suspended.
        case ended(Result<Void, BulkheadError>)
    }

    private struct State {
        var queue: BulkheadQueue
        var waits: [BulkheadQueue.Ticket: Wait] = [:]
        /// What the timer is set for; one is enough for all that wait.
        var timer = MonotonicInstant.distantFuture

        /// Ends a wait; returns what wakes its call, nil when that was not suspended yet.
        mutating func end(
            _ ticket: BulkheadQueue.Ticket,
            _ result: Result<Void, BulkheadError>
        ) -> CheckedContinuation<Result<Void, BulkheadError>, Never>? {
            if case .suspended(let continuation) = waits.removeValue(forKey: ticket) { return continuation }
            waits[ticket] = .ended(result)
            return nil
        }
    }

    private let state: Mutex<State>
    private let loop: EventLoop

    /// Makes an empty bulkhead.
    ///
    /// - Parameters:
    ///   - limits: how many calls run and wait.
    ///   - loop: the loop whose timer ends the waits; any will do.
    public init(_ limits: BulkheadLimits, timersOn loop: EventLoop) {
        state = Mutex(State(queue: BulkheadQueue(limits)))
        self.loop = loop
    }

    /// Calls that run now.
    public var inFlight: Int { state.withLock { $0.queue.inFlight } }
    /// Calls that wait now.
    public var waiting: Int { state.withLock { $0.queue.waiting } }
    /// What happened so far.
    public var counters: BulkheadCounters { state.withLock { $0.queue.counters } }

    /// Runs `body` in a place of its own, after a wait if need be; the place is given back however `body` ends.
    ///
    /// - Throws: ``BulkheadError`` without having run `body`; else what `body` throws.
    public func run<Value>(until deadline: Deadline, _ body: () async throws -> Value) async throws -> Value {
        try await enter(until: deadline, at: .now)
        defer { leave(at: .now) }
        return try await body()
    }

    /// Takes a place, after a wait if need be. Where it returns, ``leave(at:)`` must follow once.
    public func enter(until deadline: Deadline, at now: MonotonicInstant) async throws(BulkheadError) {
        switch begin(deadline, now) {
        case .admitted: return
        case .refused(let error): throw error
        case .waiting(let ticket):
            setTimer()
            try await wait(ticket).get()
        }
    }

    /// Gives a place back.
    public func leave(at now: MonotonicInstant) {
        var overdue: [CheckedContinuation<Result<Void, BulkheadError>, Never>] = []
        let woken = state.withLock { state in
            overdue = state.queue.expire(at: now).compactMap { state.end($0, .failure(.waitedTooLong)) }
            return state.queue.leave().flatMap { state.end($0, .success(())) }
        }
        for continuation in overdue { continuation.resume(returning: .failure(.waitedTooLong)) }
        woken?.resume(returning: .success(()))
    }

    /// Ends the waits whose deadline has come; the timer does the same.
    public func expire(at now: MonotonicInstant) {
        let woken = state.withLock { state in
            state.queue.expire(at: now).compactMap { state.end($0, .failure(.waitedTooLong)) }
        }
        for continuation in woken { continuation.resume(returning: .failure(.waitedTooLong)) }
    }

    // MARK: Waiting

    private func begin(_ deadline: Deadline, _ now: MonotonicInstant) -> BulkheadQueue.Entry {
        state.withLock { state in
            let entry = state.queue.enter(until: deadline, at: now)
            if case .waiting(let ticket) = entry { state.waits[ticket] = .begun }
            return entry
        }
    }

    private func wait(_ ticket: BulkheadQueue.Ticket) async -> Result<Void, BulkheadError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { suspend($0, ticket) }
        } onCancel: {
            cancel(ticket)
        }
    }

    private func suspend(
        _ continuation: CheckedContinuation<Result<Void, BulkheadError>, Never>,
        _ ticket: BulkheadQueue.Ticket
    ) {
        let result = state.withLock { state -> Result<Void, BulkheadError>? in
            if case .ended(let result) = state.waits.removeValue(forKey: ticket) { return result }
            state.waits[ticket] = .suspended(continuation)
            return nil
        }
        if let result { continuation.resume(returning: result) }
    }

    private func cancel(_ ticket: BulkheadQueue.Ticket) {
        let woken = state.withLock { state in
            state.queue.abandon(ticket) ? state.end(ticket, .failure(.cancelled)) : nil
        }
        woken?.resume(returning: .failure(.cancelled))
    }

    // MARK: Timer

    private func setTimer() {
        let instant = state.withLock { state -> MonotonicInstant? in
            let next = state.queue.nextExpiry.instant
            guard next < state.timer else { return nil }
            state.timer = next
            return next
        }
        guard let instant else { return }
        loop.execute { [self] in
            _ = loop.local.schedule(at: instant) { [self] in timerFired(instant) }
        }
    }

    private func timerFired(_ instant: MonotonicInstant) {
        let isCurrent = state.withLock { state in
            guard state.timer == instant else { return false }
            state.timer = .distantFuture
            return true
        }
        // A timer that was overtaken by an earlier one has nothing to do.
        guard isCurrent else { return }
        expire(at: .now)
        setTimer()
    }
}

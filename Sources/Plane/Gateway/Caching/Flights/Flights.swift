import Reactor
import Synchronization

/// Has requests wait for the one that fetches; what it decides stands in ``FlightTable``. For use from any thread.
final class Flights: Sendable {
    private enum Wait {
        case begun
        case suspended(CheckedContinuation<FlightTable.Wake, Never>)
        case ended(FlightTable.Wake)
    }

    private struct State {
        var table: FlightTable
        var waits: [FlightTable.Ticket: Wait] = [:]
        var timer = MonotonicInstant.distantFuture

        mutating func end(
            _ ticket: FlightTable.Ticket,
            _ wake: FlightTable.Wake
        ) -> CheckedContinuation<FlightTable.Wake, Never>? {
            if case .suspended(let continuation) = waits.removeValue(forKey: ticket) { return continuation }
            waits[ticket] = .ended(wake)
            return nil
        }
    }

    private let state: Mutex<State>
    private let loop: EventLoop

    /// Makes an empty table whose waits end by the timers of a loop, any will do.
    init(_ table: FlightTable, timersOn loop: EventLoop) {
        state = Mutex(State(table: table))
        self.loop = loop
    }

    /// Flights under way.
    var flightCount: Int { state.withLock { $0.table.flightCount } }
    /// Requests that wait.
    var waiting: Int { state.withLock { $0.table.waiting } }

    /// Whether somebody fetches under a key.
    func isUnderWay(_ key: [UInt8]) -> Bool { state.withLock { $0.table.isUnderWay(key) } }

    /// An answer under this key was kept.
    func forgetPass(_ key: [UInt8]) { state.withLock { $0.table.forgetPass(key) } }

    /// Enters a request; `nil` when it leads at once or fetches for itself, else what its wait came to.
    func join(
        _ key: [UInt8],
        until end: MonotonicInstant,
        at now: MonotonicInstant
    ) async -> (entry: FlightTable.Entry, wake: FlightTable.Wake?) {
        let entry = state.withLock { state in
            let entry = state.table.join(key, until: end, at: now)
            if case .waits(let ticket) = entry { state.waits[ticket] = .begun }
            return entry
        }
        guard case .waits(let ticket) = entry else { return (entry, nil) }
        setTimer()
        return (entry, await wait(ticket, key))
    }

    /// Ends a flight, or hands it on.
    func end(_ key: [UInt8], _ outcome: FlightTable.Outcome, at now: MonotonicInstant) {
        let woken = state.withLock { state in
            state.table.end(key, outcome, at: now).compactMap { ticket, wake in
                state.end(ticket, wake).map { ($0, wake) }
            }
        }
        for (continuation, wake) in woken { continuation.resume(returning: wake) }
    }

    /// Ends the waits that have lasted long enough; the timer does the same.
    func expire(at now: MonotonicInstant) {
        let woken = state.withLock { state in
            state.table.expire(at: now).compactMap { state.end($0, .alone) }
        }
        for continuation in woken { continuation.resume(returning: .alone) }
    }

    private func wait(_ ticket: FlightTable.Ticket, _ key: [UInt8]) async -> FlightTable.Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { suspend($0, ticket) }
        } onCancel: {
            cancel(ticket, key)
        }
    }

    private func suspend(
        _ continuation: CheckedContinuation<FlightTable.Wake, Never>,
        _ ticket: FlightTable.Ticket
    ) {
        let wake = state.withLock { state -> FlightTable.Wake? in
            if case .ended(let wake) = state.waits.removeValue(forKey: ticket) { return wake }
            state.waits[ticket] = .suspended(continuation)
            return nil
        }
        if let wake { continuation.resume(returning: wake) }
    }

    private func cancel(_ ticket: FlightTable.Ticket, _ key: [UInt8]) {
        let woken = state.withLock { state in
            state.table.abandon(ticket, key) ? state.end(ticket, .cancelled) : nil
        }
        woken?.resume(returning: .cancelled)
    }

    // MARK: Timer

    private func setTimer() {
        let instant = state.withLock { state -> MonotonicInstant? in
            guard state.table.nextExpiry < state.timer else { return nil }
            state.timer = state.table.nextExpiry
            return state.timer
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

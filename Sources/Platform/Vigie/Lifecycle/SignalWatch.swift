import Glibc
import Reactor
import Synchronization
import Telemetry

/// What the signals that end a service do: before it serves they end the process, the first one after that drains it, and
/// one more ends it at once. So does time, when draining takes too long: neither waits for anybody.
final class SignalWatch: Sendable {
    /// Exit statuses (defaults.md; sysexits(3) for the last).
    enum Status {
        static let drained: Int32 = 0
        static let failed: Int32 = 1
        static let forced: Int32 = 3
        static let usage: Int32 = 64
    }

    private enum Phase {
        case starting
        case serving
        case draining
    }

    private let runtime: ServiceRuntime
    private let phase = Mutex(Phase.starting)
    private let first: AsyncStream<Void>
    private let signalled: AsyncStream<Void>.Continuation

    /// Begins to listen for SIGTERM and SIGINT, which must be blocked.
    ///
    /// - Throws: `SystemError` when the kernel gives no descriptor.
    init(_ runtime: ServiceRuntime) throws(SystemError) {
        self.runtime = runtime
        (first, signalled) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
        let loop = runtime.group.loops[0]
        let arrivals = try Signals.arrivals(of: [SIGTERM, SIGINT], on: loop)
        // Lives to the end of the process, which is what it waits for.
        Task(executorPreference: loop) { [self] in for await _ in arrivals { arrived() } }
    }

    /// Waits for the first signal; from now on the service serves.
    func firstSignal() async {
        phase.withLock { $0 = .serving }
        for await _ in first { return }
    }

    /// Ends the process when it has not ended after `time`.
    func limitDraining(to time: Duration) {
        let loop = runtime.group.loops[0]
        // As above.
        Task(executorPreference: loop) { [self] in
            if (try? await loop.sleep(for: time)) != nil { end(Status.forced, "draining took too long") }
        }
    }

    private func arrived() {
        let before = phase.withLock { phase in
            defer { if phase == .serving { phase = .draining } }
            return phase
        }
        switch before {
        case .starting: end(Status.failed, "a signal before it served")
        case .serving: signalled.yield()
        case .draining: end(Status.forced, "a second signal")
        }
    }

    private func end(_ status: Int32, _ why: String) {
        Logger("vigie", to: runtime.telemetry.logs).error("cut", ["reason": .string(why)])
        runtime.telemetry.closeLogs(by: .now + .milliseconds(200))
        _exit(status)
    }
}

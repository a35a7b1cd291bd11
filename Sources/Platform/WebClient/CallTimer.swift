import HTTP
import Reactor

/// A call's clock on the loop's timer wheel: one timer, set for the sooner of its deadlines and set anew when it fires
/// early, so that moving a deadline back costs nothing.
final class CallTimer {
    private let local: LoopLocal
    private var clock: CallClock
    private var timer: LoopLocal.Timer?
    private var timerEnd = MonotonicInstant.distantFuture
    private let isConnected: () -> Bool
    private let expired: (HTTPClientError.Stage) -> Void

    /// - Parameters:
    ///   - clock: the deadlines.
    ///   - local: the loop.
    ///   - isConnected: whether TCP's part of making the connection is over.
    ///   - expired: called once, when time has run out.
    init(
        _ clock: CallClock,
        _ local: LoopLocal,
        isConnected: @escaping () -> Bool,
        expired: @escaping (HTTPClientError.Stage) -> Void
    ) {
        self.clock = clock
        self.local = local
        self.isConnected = isConnected
        self.expired = expired
    }

    /// Moves the clock on to another stage.
    func change(_ change: (inout CallClock, MonotonicInstant) -> Void) {
        change(&clock, .now)
        arm()
    }

    /// Sets the timer where it would fire too late.
    func arm() {
        let next = clock.next
        guard next < timerEnd else { return }
        stop()
        timerEnd = next
        timer = local.schedule(at: next) { [weak self] in self?.fired() }
    }

    /// Nothing is called any more.
    func stop() {
        if let timer { local.cancel(timer) }
        timer = nil
        timerEnd = .distantFuture
    }

    private func fired() {
        stop()
        if clock.isConnecting, isConnected() { clock.isConnected() }
        if let stage = clock.expired(at: local.now) { expired(stage) } else { arm() }
    }
}

import CLinux

/// The part of an event loop that its own thread alone touches: descriptors, timers, and what is due this turn.
///
/// Reached through ``EventLoop/local``, which checks the thread. Not `Sendable`, and neither is what it holds.
@safe public final class LoopLocal {
    /// Names a timer that was set; good for cancelling it once.
    public struct Timer: Sendable {
        let handle: TimerWheel<() -> Void>.Handle
    }

    private struct Registration {
        var handler: (any ReadinessHandler)?
        var generation: UInt32 = 0
    }

    /// The time at which the present turn began; good enough for deadlines and free to read.
    public var now: MonotonicInstant { clock }
    // Not the public property itself, so that the compiler can prove its accesses apart.
    var clock = MonotonicInstant.now
    /// Room for one `recv`, shared by all the loop's sockets: an idle connection holds no buffer.
    public let scratch: UnsafeMutableRawBufferPointer
    /// What the loop's connections are about to send.
    public let sends = SendQueue()
    /// The loop's thread, once it runs.
    var thread: pthread_t?
    private let epoll: Descriptor
    private var registrations: [Registration] = []
    private var timers: TimerWheel<() -> Void>
    private var atEndOfTurn: [() -> Void] = []

    init(epoll: consuming Descriptor) {
        self.epoll = epoll
        unsafe scratch = .allocate(byteCount: 1 << 16, alignment: 64)
        timers = TimerWheel(startingAt: Self.tick(of: clock))
    }

    deinit { unsafe scratch.deallocate() }

    /// Reports `descriptor`'s edges to `handler` until ``unregister(_:)``.
    ///
    /// - Throws: ``SystemError`` when the kernel refuses (ENOSPC: fs.epoll.max_user_watches).
    public func register(
        _ descriptor: Int32,
        for readiness: Readiness,
        handler: any ReadinessHandler
    ) throws(SystemError) {
        assertOnLoop()
        let index = Int(descriptor)
        while registrations.count <= index { registrations.append(Registration()) }
        registrations[index].generation &+= 1
        registrations[index].handler = handler
        let data = UInt64(registrations[index].generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        guard control(EPOLL_CTL_ADD, descriptor, readiness, data) else {
            registrations[index].handler = nil
            throw SystemError("watch descriptor \(descriptor)")
        }
    }

    /// Changes which edges of a registered descriptor are reported; an edge that already holds is reported again.
    ///
    /// - Throws: ``SystemError`` when the kernel refuses.
    public func reregister(_ descriptor: Int32, for readiness: Readiness) throws(SystemError) {
        let generation = registrations[Int(descriptor)].generation
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        guard control(EPOLL_CTL_MOD, descriptor, readiness, data) else {
            throw SystemError("watch descriptor \(descriptor)")
        }
    }

    /// Stops a debug build when the caller is not on the loop's thread. Swift can lose an isolation without a word: a
    /// closure that is `nonisolated(nonsending)` here becomes one that leaves the actor where it is passed to a function
    /// that takes a plain `async` closure, such as `withTaskCancellationHandler`.
    func assertOnLoop() {
        assert(thread.map { $0 == pthread_self() } ?? true, "a socket or timer was used off its event loop")
    }

    /// Stops the reports at once, also those that the kernel has handed out already. Call it before closing.
    ///
    /// The kernel forgets a descriptor when it is closed; `keepsOpen` says that it stays open and must be taken out.
    public func unregister(_ descriptor: Int32, keepsOpen: Bool = false) {
        assertOnLoop()
        registrations[Int(descriptor)].handler = nil
        registrations[Int(descriptor)].generation &+= 1
        if keepsOpen { _ = control(EPOLL_CTL_DEL, descriptor, [], 0) }
    }

    /// Runs `action` once at or after `deadline`, at most a millisecond late when the loop is not busy.
    public func schedule(at deadline: MonotonicInstant, _ action: @escaping () -> Void) -> Timer {
        assertOnLoop()
        return Timer(handle: timers.insert(action, at: Self.tick(of: deadline, roundingUp: true)))
    }

    /// Unsets a timer; nothing happens when it has fired.
    public func cancel(_ timer: Timer) { timers.cancel(timer.handle) }

    /// Runs `action` once, when all that is ready now has been worked off and before the loop waits again.
    public func atEndOfTurn(_ action: @escaping () -> Void) { atEndOfTurn.append(action) }

    // MARK: For the loop's own turn

    func dispatch(_ data: UInt64, _ readiness: Readiness) {
        let index = Int(UInt32(truncatingIfNeeded: data))
        // A stale edge: the descriptor was closed earlier in this turn, its number may be another's by now.
        guard registrations[index].generation == UInt32(data >> 32) else { return }
        registrations[index].handler?.ready(readiness)
    }

    func fireTimers() {
        let tick = Self.tick(of: now)
        while let action = timers.popExpired(at: tick) { action() }
    }

    func finishTurn() {
        // What was written outside of jobs, by a timer or a report.
        sends.sendAll()
        while !atEndOfTurn.isEmpty {
            let actions = atEndOfTurn
            atEndOfTurn = []
            for action in actions { action() }
        }
    }

    /// How long epoll may wait, in milliseconds: -1 without a timer.
    var waitMilliseconds: Int32 {
        guard let next = timers.nextTick else { return -1 }
        let tick = Self.tick(of: now)
        return next <= tick ? 0 : Int32(min(next - tick, 60_000))
    }

    func wait(_ events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32) -> Int {
        unsafe Int(epoll_wait(epoll.number, events.baseAddress, Int32(events.count), milliseconds))
    }

    private static func tick(of instant: MonotonicInstant, roundingUp: Bool = false) -> UInt64 {
        let nanoseconds = max(0, instant.nanoseconds)
        let milliseconds = nanoseconds / 1_000_000
        return UInt64(roundingUp && nanoseconds % 1_000_000 != 0 ? milliseconds + 1 : milliseconds)
    }

    private func control(
        _ operation: Int32,
        _ descriptor: Int32,
        _ readiness: Readiness,
        _ data: UInt64
    ) -> Bool {
        let events = readiness.rawValue | EPOLLET.rawValue
        return clinux_epoll_control(epoll.number, operation, descriptor, events, data) == 0
    }
}

@available(*, unavailable)
extension LoopLocal: Sendable {}

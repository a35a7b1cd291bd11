import CLinux
import Synchronization

/// One thread that waits for the kernel's events and runs Swift tasks between them.
///
/// It is both a `TaskExecutor` and a `SerialExecutor`. A task started with `Task(executorPreference: loop)` runs on this
/// thread with all it calls, and actors that name this loop as their executor are entered from there without a hop:
/// on one thread, "the executor is the same" is all that Swift needs to know. (The body of
/// `withTaskExecutorPreference` itself does not move; use the `Task` and `addTask` forms.)
///
/// Nothing that blocks may run here; that goes to a ``BlockingPool``.
public final class EventLoop: SerialExecutor, TaskExecutor, Sendable {
    /// Position among the loops of its group, from 0.
    public let index: Int
    /// Lag and work, for the metrics.
    public let statistics = LoopStatistics()

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isStopping = false
    }
    private let inbox = Mutex(Inbox())
    /// Set by who leaves something in the inbox, cleared by the loop before it looks.
    private let isWoken = Atomic<Bool>(false)
    private let wakeDescriptor: Descriptor
    /// The thread's id once it runs; 0 before.
    private let thread = Atomic<UInt>(0)
    // Both are touched by the loop's own thread alone: every access goes through `isCurrent`, or is in `run`.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private nonisolated(unsafe) var ready: [UnownedJob] = []
    private nonisolated(unsafe) let confined: LoopLocal

    init(index: Int) throws(SystemError) {
        self.index = index
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError("create an epoll instance") }
        unsafe confined = LoopLocal(epoll: Descriptor(owning: epoll))
        let wake = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wake >= 0 else { throw SystemError("create an eventfd") }
        wakeDescriptor = Descriptor(owning: wake)
        try unsafe confined.register(wake, for: .readable, handler: Wakening())
    }

    /// The loop whose thread this is; nil on any other thread.
    public static var current: EventLoop? {
        guard let raw = unsafe pthread_getspecific(Self.key) else { return nil }
        return unsafe Unmanaged<EventLoop>.fromOpaque(raw).takeUnretainedValue()
    }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Descriptors and timers of this loop. Only on its own thread; elsewhere the program stops, since that is a
    /// mistake in the program and would corrupt memory.
    public var local: LoopLocal {
        precondition(isCurrent, "EventLoop.local used off the loop's thread")
        return unsafe confined
    }

    /// Runs `action` on the loop's thread, soon; never before this call returns.
    public func execute(_ action: @escaping @Sendable () -> Void) {
        wakeAfter { $0.calls.append(action) }
    }

    // MARK: Executor

    /// Takes a task's next piece of work (called by the Swift runtime, from any thread).
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            unsafe ready.append(job)
        } else {
            wakeAfter { $0.jobs.append(job) }
        }
    }

    /// Whether the caller is on this loop, also outside of any task (SE-0471).
    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Stops the program when the caller is not on this loop (SE-0424).
    public func checkIsolated() { precondition(isCurrent, "not on event loop \(index)") }

    // MARK: The thread

    func start() { startThread(name: "loop-\(index)") { [self] in run() } }

    /// Ends the thread after the present turn. What is still queued then never runs: stop a loop when its work is done.
    func stop() { wakeAfter { $0.isStopping = true } }

    private func run() {
        unsafe pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        let local = unsafe confined
        local.thread = pthread_self()
        let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
        defer { unsafe events.deallocate() }
        var jobs: [UnownedJob] = []
        while true {
            let wait = unsafe ready.isEmpty ? local.waitMilliseconds : 0
            let count = unsafe local.wait(events, milliseconds: wait)
            let began = MonotonicInstant.now
            local.clock = began
            statistics.beginTurn(at: began)
            for index in 0..<max(0, count) {
                unsafe local.dispatch(
                    clinux_epoll_data(&events[index]),
                    Readiness(rawValue: events[index].events)
                )
            }
            guard takeInbox() else { break }
            local.fireTimers()
            runJobs(&jobs, local.sends)
            local.finishTurn()
            statistics.endTurn(began: began, at: .now)
        }
        pthread_setspecific(Self.key, nil)
        thread.store(0, ordering: .relaxed)
    }

    /// Runs what is ready, and what that makes ready, for a bounded number of rounds, so that events get their turn.
    /// What a round has written is sent at its end.
    private func runJobs(_ jobs: inout [UnownedJob], _ sends: SendQueue) {
        let serial = unsafe asUnownedSerialExecutor()
        let tasks = unsafe asUnownedTaskExecutor()
        for _ in 0..<16 {
            guard unsafe !ready.isEmpty else { return }
            unsafe swap(&ready, &jobs)
            for job in jobs { unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: tasks) }
            jobs.removeAll(keepingCapacity: true)
            sends.sendAll()
        }
    }

    /// Moves in what other threads left here; false when the loop is to end.
    private func takeInbox() -> Bool {
        guard isWoken.load(ordering: .relaxed) else { return true }
        isWoken.store(false, ordering: .sequentiallyConsistent)
        var calls: [@Sendable () -> Void] = []
        let goesOn = inbox.withLock { inbox in
            unsafe ready.append(contentsOf: inbox.jobs)
            inbox.jobs.removeAll(keepingCapacity: true)
            swap(&calls, &inbox.calls)
            return !inbox.isStopping
        }
        for call in calls { call() }
        return goesOn
    }

    private func wakeAfter(_ change: (inout Inbox) -> Void) {
        inbox.withLock { change(&$0) }
        guard !isWoken.exchange(true, ordering: .sequentiallyConsistent) else { return }
        // Edge-triggered, so each write is an edge and the counter is never read; 2⁶⁴ writes don't happen.
        _ = eventfd_write(wakeDescriptor.number, 1)
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = unsafe pthread_key_create(&key, nil)
        precondition(status == 0, "cannot create a thread key: \(status)")
        return key
    }()

    /// The eventfd's edge only has to end the wait.
    private final class Wakening: ReadinessHandler {
        func ready(_ readiness: Readiness) {}
    }
}

import HTTP
import Reactor
import Telemetry

/// Owns the registry's state on one loop: applies writes, stores them, wakes waiters, and lets no answer out that tells
/// what a crash could take back.
@safe actor RegistryActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    nonisolated let metrics: RegistryMetrics
    nonisolated let logger: Logger

    private var state: RegistryState
    private var waiters = Waiters()
    private var waiterCount = 0
    private var log: LogQueue?
    private nonisolated let wakeLog: AsyncStream<Void>.Continuation
    nonisolated let logWakes: AsyncStream<Void>
    private nonisolated let logEnd: AsyncStream<String>.Continuation
    private nonisolated let logEnds: AsyncStream<String>
    private var schedules = CheckSchedules()
    private nonisolated let dueChecks: AsyncStream<CheckKey>.Continuation
    nonisolated let checksDue: AsyncStream<CheckKey>
    private var armed: (instant: MonotonicInstant, timer: LoopLocal.Timer)?
    private var isDraining = false

    init(
        _ state: RegistryState,
        isDurable: Bool,
        durableIndex: UInt64,
        on loop: EventLoop,
        _ metrics: RegistryMetrics,
        _ logger: Logger
    ) {
        self.loop = loop
        self.metrics = metrics
        self.logger = logger
        self.state = state
        log = isDurable ? LogQueue(durable: durableIndex) : nil
        (logEnds, logEnd) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (logWakes, wakeLog) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        // One entry a check at most: it is scheduled again when its run has ended.
        (checksDue, dueChecks) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1 << 20))
    }

    /// Stores what the start has changed, and begins to time checks.
    func begin() {
        for check in state.tables.checks.values { schedule(check) }
        publish()
    }

    // MARK: Requests

    /// Makes one write, and returns when the disk has it.
    func write<Value: Sendable>(
        _ body: @Sendable (inout RegistryState, MonotonicInstant) throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        if let failure = log?.failure { throw Refusal(.failed, "log: \(failure)") }
        let value: Value
        do throws(Refusal) {
            value = try body(&state, loop.local.now)
        } catch {
            publish()
            throw error
        }
        publish()
        try await settle()
        return value
    }

    /// Answers a read: at once, or when what it waits for has come.
    func read<Value: Sendable>(
        _ query: BlockingQuery?,
        _ scope: Scope,
        _ render: @Sendable (RegistryState) throws(Refusal) -> Value
    ) async throws(Refusal) -> (Value, index: UInt64) {
        if let query {
            try await wait(until: loop.local.now + query.wait) { state in
                let fresh = state.freshness(of: scope)
                return fresh.changed > query.index ? nil : fresh.keys
            }
        }
        let value = try render(state)
        let index = state.freshness(of: scope).index
        try await settle()
        return (value, index)
    }

    /// Answers a read that never waits and tells no index.
    func read<Value: Sendable>(
        _ render: @Sendable (RegistryState) throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        let value = try render(state)
        try await settle()
        return value
    }

    /// Waits while `missing` names keys to wait for, until `deadline`, and no longer than the registry serves.
    func wait(
        until deadline: MonotonicInstant,
        _ missing: @Sendable (RegistryState) -> [WatchKey]?
    ) async throws(Refusal) {
        while !isDraining, !Task.isCancelled, loop.local.now < deadline, let keys = missing(state) {
            await wait(for: keys, until: deadline)
        }
    }

    /// Lets all who wait go on with what there is.
    func beginDrain() {
        isDraining = true
        waiters.releaseAll(on: loop.local)
    }

    private func wait(for keys: [WatchKey], until deadline: MonotonicInstant) async {
        waiterCount += 1
        let id = waiterCount
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = loop.local.schedule(at: deadline) { [weak self] in
                    self?.assumeIsolated { $0.release(id) }
                }
                waiters.add(id, keys, continuation, timer)
                metrics.watchersWaiting.set(Double(waiters.count))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.release(id) } }
        }
    }

    private func release(_ id: Int) {
        waiters.release(id, on: loop.local)
        metrics.watchersWaiting.set(Double(waiters.count))
    }

    /// Waits until the disk has all that the state tells.
    private func settle() async throws(Refusal) {
        guard let log, log.durable < log.appended else { return }
        let index = log.appended
        let isDurable = await withCheckedContinuation { self.log?.wait(for: index, $0) }
        guard isDurable else { throw Refusal(.failed, "log: \(self.log?.failure ?? "closed")") }
    }

    // MARK: Changes

    /// Hands on what has changed: to the log, to those who wait, to the timers.
    private func publish() {
        if let change = state.takeChange() {
            if log != nil, !change.mutations.isEmpty {
                log?.append(change)
                wakeLog.yield()
            }
            for mutation in change.mutations { follow(mutation) }
            let woken = waiters.wake(change.touched, on: loop.local)
            if woken > 0 {
                metrics.notifications.add(UInt64(woken))
                metrics.watchersWaiting.set(Double(waiters.count))
            }
        }
        arm()
    }

    private func follow(_ mutation: Mutation) {
        switch mutation {
        case .putCheck(let check): schedule(check)
        case .removeCheck(let key): schedules.remove(key, on: loop.local)
        case .putService: metrics.registrations.add()
        case .removeService: metrics.deregistrations.add()
        default: break
        }
        metrics.instances.set(Double(state.tables.services.count))
    }

    private func arm() {
        guard let next = state.nextDue else { return }
        if let armed {
            guard next < armed.instant else { return }
            loop.local.cancel(armed.timer)
        }
        let timer = loop.local.schedule(at: next) { [weak self] in
            self?.assumeIsolated { $0.tick() }
        }
        armed = (next, timer)
    }

    private func tick() {
        armed = nil
        state.tick(at: loop.local.now)
        publish()
    }

    // MARK: Checks

    private func schedule(_ check: HealthCheck) {
        guard let plan = check.plan, plan.isRun else { return schedules.remove(check.key, on: loop.local) }
        schedules.put(check.key, plan, on: loop.local) { [dueChecks] in dueChecks.yield(check.key) }
    }

    /// The plan of a check that is due; nil when it is gone.
    func plan(of key: CheckKey) -> CheckPlan? { state.tables.checks[key]?.plan }

    /// Takes a run's result and times the next one.
    func finish(_ key: CheckKey, _ result: CheckResult) {
        state.finish(key, result, at: loop.local.now)
        metrics.checkRuns.add()
        publish()
        schedules.again(key, on: loop.local) { [dueChecks] in dueChecks.yield(key) }
    }

    // MARK: The log

    /// What is to be written next; nil when nothing is.
    func takeLog() -> (bytes: [UInt8], index: UInt64)? {
        guard let log, !log.isIdle, log.failure == nil else { return nil }
        return self.log?.take()
    }

    /// The disk has all up to `index`.
    func logWritten(_ index: UInt64) { log?.finish(index) }

    /// The disk refused: every write fails from now on, and ``logFailure()`` returns.
    func logFailed(_ reason: String) {
        log?.fail(reason)
        logEnd.yield(reason)
    }

    /// Why the log can't be written; nil while it can.
    var failure: String? { log?.failure }

    /// Waits for the log's failure; nil when the task is cancelled before.
    nonisolated func logFailure() async -> String? {
        for await reason in logEnds { return reason }
        return nil
    }

    /// The tables as they are together with what of them is not on the disk yet: where a snapshot begins.
    func snapshot() -> (tables: Tables, bytes: [UInt8], index: UInt64)? {
        guard let rest = log?.take() else { return nil }
        return (state.tables, rest.bytes, rest.index)
    }
}

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
    /// Answers since the last change, by what was asked: a change that wakes many who ask the same is told in one form.
    private var answers: [String: (APIAnswer, index: UInt64)] = [:]

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
        for check in state.tables.checks.values { schedule(check, within: Self.recoveryTime) }
        publish()
    }

    // MARK: Requests

    /// Makes one write, and returns when the disk has it.
    func write<Value: Sendable>(
        _ body: @Sendable (inout RegistryState, MonotonicInstant) throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        if let failure = log?.failure { return try await writeNothing(body, failure) }
        let value: Value
        do throws(Refusal) {
            value = try body(&state, loop.local.now)
        } catch {
            publish()
            throw error
        }
        publish()
        guard await settle() else { throw Self.refusal(log?.failure) }
        return value
    }

    /// Makes a write while the disk refuses: one that stores nothing, such as a report of an unchanged status, goes on.
    private func writeNothing<Value: Sendable>(
        _ body: @Sendable (inout RegistryState, MonotonicInstant) throws(Refusal) -> Value,
        _ failure: String
    ) async throws(Refusal) -> Value {
        while log?.isUndoing == true { await undone() }
        var trial = state
        let value = try body(&trial, loop.local.now)
        guard !trial.isChanged else { throw Self.refusal(failure) }
        state = trial
        publish()
        return value
    }

    private static func refusal(_ failure: String?) -> Refusal {
        Refusal(.failed, "log can't be written, nothing was stored: \(failure ?? "closed")")
    }

    /// Answers a read: at once, or when what it waits for has come.
    func read<Value: Sendable>(
        _ query: BlockingQuery?,
        _ scope: Scope,
        _ render: @Sendable (RegistryState) throws(Refusal) -> Value
    ) async throws(Refusal) -> (Value, index: UInt64) {
        if let query { try await wait(query, scope) }
        while true {
            let value = try render(state)
            let index = state.freshness(of: scope).index
            if await settle() { return (value, index) }
            await undone()
        }
    }

    /// Answers a read that may wait; the same one of another client is answered with the same bytes until something changes.
    func answer(
        _ target: String,
        _ query: BlockingQuery,
        _ scope: Scope,
        _ render: @Sendable (RegistryState) throws(Refusal) -> APIAnswer
    ) async throws(Refusal) -> (APIAnswer, index: UInt64) {
        try await wait(query, scope)
        while true {
            let found: (APIAnswer, index: UInt64)
            if let known = answers[target] {
                found = known
            } else {
                found = (try render(state), state.freshness(of: scope).index)
                let isKept = answers.count < Self.answerLimit && found.0.bytes.count <= Self.answerByteLimit
                if isKept { answers[target] = found }
            }
            if await settle() { return found }
            await undone()
        }
    }

    /// How many answers are kept, and how long the longest of them is: 4 MiB in all.
    private static let answerLimit = 64
    private static let answerByteLimit = 1 << 16

    private func wait(_ query: BlockingQuery, _ scope: Scope) async throws(Refusal) {
        try await wait(until: loop.local.now + query.wait) { state in
            let fresh = state.freshness(of: scope)
            return fresh.changed > query.index ? nil : fresh.keys
        }
    }

    /// Answers a read that never waits and tells no index.
    func read<Value: Sendable>(
        _ render: @Sendable (RegistryState) throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        while true {
            let value = try render(state)
            if await settle() { return value }
            await undone()
        }
    }

    /// Waits while `missing` names keys to wait for, until `deadline`, and no longer than the registry serves.
    func wait(
        until deadline: MonotonicInstant,
        _ missing: @Sendable (RegistryState) -> [WatchKey]?
    ) async throws(Refusal) {
        while !isDraining, !Task.isCancelled, loop.local.now < deadline, missing(state) != nil {
            await waitOnce(until: deadline, missing)
        }
    }

    /// Lets all who wait go on with what there is.
    func beginDrain() {
        isDraining = true
        waiters.releaseAll(on: loop.local)
    }

    private func waitOnce(
        until deadline: MonotonicInstant,
        _ missing: @Sendable (RegistryState) -> [WatchKey]?
    ) async {
        waiterCount += 1
        let id = waiterCount
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Looked at again: the call itself may be a suspension, and what is waited for may have come in it.
                guard !isDraining, !Task.isCancelled, let keys = missing(state) else {
                    return continuation.resume()
                }
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

    /// Waits until the disk has all that the state tells; false when it never will, and the state is taken back.
    private func settle() async -> Bool {
        // Not through a copy of the queue, which would make the wait below copy all others.
        switch log?.standing {
        case nil, .settled?: return true
        case .undoing?: return false
        case .behind(let index)?: return await withCheckedContinuation { log?.wait(for: index, $0) }
        }
    }

    /// Waits until the state is again what the disk has.
    private func undone() async {
        guard log?.isUndoing == true else { return }
        await withCheckedContinuation { self.log?.waitForUndo($0) }
    }

    // MARK: Changes

    /// Hands on what has changed: to the log, to those who wait, to the timers.
    private func publish() {
        if !answers.isEmpty { answers = [:] }
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

    /// In what time checks run first whose states were read from the disk: they are of another day.
    private static let recoveryTime = Duration.milliseconds(200)

    private func schedule(_ check: HealthCheck, within limit: Duration? = nil) {
        guard let plan = check.plan, plan.isRun else { return schedules.remove(check.key, on: loop.local) }
        schedules.put(check.key, plan, within: limit, on: loop.local) { [dueChecks] in
            dueChecks.yield(check.key)
        }
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
        guard log?.isIdle == false, log?.failure == nil else { return nil }
        return log?.take()
    }

    /// The disk has all up to `index`.
    func logWritten(_ index: UInt64) { log?.finish(index) }

    /// The disk refused: every write fails from now on, until ``endHealing(_:)`` brings success.
    func logFailed(_ reason: String) {
        log?.fail(reason)
        metrics.isLogWritable.set(0)
    }

    /// The disk has all up to this index.
    var durableIndex: UInt64 { log?.durable ?? 0 }

    /// Goes back to what the disk has, as a restart would.
    func undo(to tables: Tables) {
        schedules.removeAll(on: loop.local)
        state = RegistryState(agent: state.agent, tables: tables, at: loop.local.now)
        answers = [:]
        log?.undone()
        begin()
        waiters.releaseAll(on: loop.local)
    }

    /// The tables as they are now, and their index: what comes behind is kept for the log behind the snapshot.
    func beginHealing() -> (tables: Tables, index: UInt64)? {
        guard log != nil else { return nil }
        log?.beginHealing()
        return (state.tables, state.tables.indexes.all)
    }

    /// Ends an attempt to write again.
    func endHealing(_ result: Result<UInt64, RegistryError>) {
        log?.endHealing(result)
        guard case .success = result else { return }
        metrics.isLogWritable.set(1)
        wakeLog.yield()
    }

    /// Neither writing nor reading works: the registry ends, and ``logFailure()`` returns.
    func logLost(_ reason: String) {
        log?.undone()
        logEnd.yield(reason)
    }

    /// Why the log can't be written; nil while it can.
    var failure: String? { log?.failure }

    /// Waits for a failure of the log that nothing is left of; nil when the task is cancelled before.
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

import Glibc
import HTTP
package import Reactor
import Supervision

/// Keeps the processes of a plan running: in the order of what they need, started again when they end by themselves, and
/// ended in the reverse order.
@safe package actor Supervisor {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// What happens, for those who show it.
    package enum Event: Sendable {
        /// A process stands elsewhere than before.
        case status(name: String, ReplicaStatus)
        /// Something that has to be known.
        case note(String)
    }

    let folder: SystemFolder
    let plans: [PartPlan]
    let isRegistered: @Sendable (String, Int) async -> Bool
    var replicas: [Replica.ID: Replica] = [:]
    package private(set) var isStopping = false
    private var isForced = false

    private let logLoop: EventLoop
    private let readiness: ReadinessProbe
    private var record: RunRecord
    private let changes = ChangeSignal()
    private let starts: AsyncStream<Replica.ID>
    private let start: AsyncStream<Replica.ID>.Continuation
    private let report: @Sendable (Event) -> Void

    /// How often a process that is ready is asked whether it still is.
    private static let watchInterval = Duration.seconds(2)
    /// How often one that starts is asked.
    private static let startInterval = Duration.milliseconds(25)
    /// How long the last lines of a process that ended may take to be there.
    private static let tailTime = Duration.milliseconds(500)

    /// Makes a supervisor; nothing starts yet.
    ///
    /// - Parameters:
    ///   - plans: the parts.
    ///   - folder: where logs and the record of processes are.
    ///   - group: two loops at least: the last one writes logs.
    ///   - isRegistered: whether the registry names a service's instance at a port.
    ///   - report: is told what happens, on the supervisor's loop.
    package init(
        _ plans: [PartPlan],
        in folder: SystemFolder,
        on group: EventLoopGroup,
        isRegistered: @escaping @Sendable (String, Int) async -> Bool,
        report: @escaping @Sendable (Event) -> Void
    ) {
        loop = group.loops[0]
        logLoop = group.loops[group.loops.count - 1]
        self.plans = plans
        self.folder = folder
        self.isRegistered = isRegistered
        self.report = report
        readiness = ReadinessProbe(http: HTTPClient(on: group))
        record = RunRecord(folder.recordFile)
        (starts, start) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Starts all parts and keeps them until ``stop()``; returns when all have ended.
    package func run() async {
        for plan in plans { for _ in 0..<plan.count { add(to: plan) } }
        await withDiscardingTaskGroup { tasks in
            for await id in starts { tasks.addTask(executorPreference: loop) { await self.keep(id) } }
        }
        await readiness.http.close()
    }

    /// Asks all to end, those first that nobody needs; the second time by force.
    package func stop() {
        if isStopping { isForced = true }
        isStopping = true
        for id in replicas.keys { replicas[id]?.isWanted = false }
        if isForced { for replica in replicas.values { replica.process?.signal(SIGKILL, toGroup: true) } }
        start.finish()
        changes.notify()
    }

    /// Returns when `condition` holds, or when the task is cancelled; it is looked at with each change.
    package func until(_ condition: @Sendable (isolated Supervisor) -> Bool) async {
        while !Task.isCancelled {
            let version = changes.version
            if condition(self) { return }
            await changes.change(after: version)
        }
    }

    /// Tells those who watch.
    func note(_ text: String) { report(.note(text)) }

    // MARK: Replicas

    /// Makes a replica more, with the lowest number that is free, and begins to keep it.
    @discardableResult func add(to plan: PartPlan) -> Replica.ID {
        var number = 1
        while replicas[Replica.ID(part: plan.name, number: number)] != nil { number += 1 }
        let id = Replica.ID(part: plan.name, number: number)
        replicas[id] = Replica(id: id, port: port(for: plan))
        start.yield(id)
        changes.notify()
        return id
    }

    /// The part's own port when nobody of it has that, else a free one.
    private func port(for plan: PartPlan) -> ReservedPort {
        let isTaken = replicas.values.contains { $0.port === plan.port }
        guard isTaken, let other = try? ReservedPort(for: .loopback(port: 0)) else { return plan.port }
        return other
    }

    /// Changes a replica, and wakes those who wait for such a change.
    func change(_ id: Replica.ID, _ body: (inout Replica) -> Void) {
        guard var replica = replicas[id] else { return }
        let before = replica.status
        body(&replica)
        replicas[id] = replica
        if replica.status != before { report(.status(name: id.description, replica.status)) }
        changes.notify()
    }

    func plan(_ name: String) -> PartPlan? { plans.first { $0.name == name } }

    /// What a part needs and is not ready.
    private func missing(_ plan: PartPlan) -> [String] {
        plan.needs.filter { need in !replicas.values.contains { $0.id.part == need && $0.isReady } }
    }

    /// Whether something still runs that needs this part.
    private func isNeeded(_ part: String) -> Bool {
        let dependents = plans.filter { $0.needs.contains(part) }.map(\.name)
        return replicas.values.contains { dependents.contains($0.id.part) && $0.process != nil }
    }

    // MARK: Keeping one

    private func keep(_ id: Replica.ID) async {
        guard let plan = plan(id.part) else { return }
        var policy = RestartPolicy()
        while let replica = replicas[id], !replica.isLeaving, !isStopping {
            guard replica.isWanted else {
                change(id) { $0.status = .stopped }
                await until { $0.isStopping || $0.replicas[id].map { $0.isWanted || $0.isLeaving } ?? true }
                policy = RestartPolicy()
                continue
            }
            await waitForNeeds(id, plan)
            guard isMeant(id, replica.turn) else { continue }
            let end = await runOnce(id, plan, replica.turn)
            guard isMeant(id, replica.turn) else {
                policy = RestartPolicy()
                continue
            }
            let wait = policy.ended(ready: end.ready, status: end.status)
            await backOff(id, replica.turn, wait, end.reason, policy.isCrashLoop)
        }
        change(id) { $0.status = .stopped }
        if !isStopping { replicas[id] = nil }
        changes.notify()
    }

    /// Whether it is to run, and not to begin anew.
    private func isMeant(_ id: Replica.ID, _ turn: Int) -> Bool {
        guard let replica = replicas[id] else { return false }
        return replica.isWanted && !replica.isLeaving && replica.turn == turn && !isStopping
    }

    private func waitForNeeds(_ id: Replica.ID, _ plan: PartPlan) async {
        let turn = replicas[id]?.turn ?? 0
        while isMeant(id, turn), !Task.isCancelled {
            let missing = missing(plan)
            guard !missing.isEmpty else { return }
            change(id) { $0.status = .waiting(for: missing) }
            await until { $0.missing(plan) != missing || !$0.isMeant(id, turn) }
        }
    }

    private func backOff(
        _ id: Replica.ID,
        _ turn: Int,
        _ wait: Duration,
        _ reason: String,
        _ isCrashLoop: Bool
    ) async {
        change(id) {
            $0.restarts += 1
            let seconds = Double(wait.nanoseconds) / 1e9
            $0.status = isCrashLoop ? .crashLoop(reason: reason) : .backOff(reason: reason, seconds: seconds)
        }
        await withTaskGroup(of: Void.self) { [loop] tasks in
            // Cancelled when it was asked for something else.
            tasks.addTask(executorPreference: loop) { try? await loop.sleep(for: wait) }
            tasks.addTask(executorPreference: loop) { await self.until { !$0.isMeant(id, turn) } }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    /// Starts it, and returns when it has ended.
    ///
    /// - Returns: how.
    private func runOnce(_ id: Replica.ID, _ plan: PartPlan, _ turn: Int) async -> End {
        guard let place = replicas[id]?.place else { return End(reason: "") }
        change(id) { $0.status = .starting }
        let (tails, tail) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let process: SupervisedProcess
        do {
            try await plan.prepare(place)
            var command = try await plan.command(place)
            let log = try LogPump.start(into: folder.log(id.fileName), on: logLoop, end: tail)
            (command.output, command.error) = (log.number, log.number)
            process = try SupervisedProcess(unread: command, on: loop)
        } catch { return End(reason: "\(error)") }
        change(id) {
            $0.process = process
            $0.startedAt = .now
        }
        remember { try $0.add(id.description, process.id) }
        let readySince = await watch(id, plan, turn, process)
        change(id) {
            $0.process = nil
            $0.readyAt = nil
        }
        remember { try $0.remove(id.description) }
        let last = await lastLines(of: tails)
        let reason = Self.text(process.exit) + (last.isEmpty ? "" : ": \(last)")
        var status: Int32?
        if case .exited(let number)? = process.exit { status = number }
        return End(reason: reason, ready: readySince.map { .now - $0 }, status: status)
    }

    /// How a process ended that nobody asked to.
    private struct End {
        let reason: String
        /// How long it had been ready.
        var ready: Duration?
        var status: Int32?
    }

    /// Follows it until it ends, by itself or because that was asked for.
    ///
    /// - Returns: since when it was ready.
    private func watch(
        _ id: Replica.ID,
        _ plan: PartPlan,
        _ turn: Int,
        _ process: SupervisedProcess
    ) async -> MonotonicInstant? {
        let isAsked = await withTaskGroup(of: Bool?.self) { [loop] tasks in
            tasks.addTask(executorPreference: loop) {
                _ = await process.ended()
                return false
            }
            tasks.addTask(executorPreference: loop) {
                await self.until { !$0.isMeant(id, turn) }
                return true
            }
            tasks.addTask(executorPreference: loop) {
                await self.probe(id, plan)
                return nil
            }
            defer { tasks.cancelAll() }
            while let result = await tasks.next() { if let result { return result } }
            return false
        }
        let since = replicas[id]?.readyAt
        if isAsked, process.exit == nil {
            if isStopping { await until { !$0.isNeeded(id.part) || $0.isForced } }
            change(id) { $0.status = .stopping }
            await process.stop(isForced ? StopLadder(patience: .zero) : plan.ladder)
        }
        return since
    }

    /// Asks it again and again, until the task is cancelled.
    private func probe(_ id: Replica.ID, _ plan: PartPlan) async {
        var failures = 0
        while !Task.isCancelled, let replica = replicas[id] {
            let wasReady = replica.readyAt != nil
            do {
                try await readiness.ask(plan.probe, at: replica.place)
                if !wasReady { try await plan.finish(replica.place) }
                failures = 0
                if !Task.isCancelled {
                    change(id) {
                        $0.status = .ready
                        $0.readyAt = $0.readyAt ?? .now
                    }
                }
            } catch {
                failures += 1
                // One answer that is missing, between many, says little.
                if wasReady, failures > 1, !Task.isCancelled {
                    change(id) { $0.status = .unready("\(error)") }
                }
            }
            let pause = replicas[id]?.readyAt == nil ? Self.startInterval : Self.watchInterval
            do { try await loop.sleep(for: pause) } catch { return }
        }
    }

    private func lastLines(of tails: AsyncStream<String>) async -> String {
        let text = await withTaskGroup(of: String?.self) { [loop] tasks in
            tasks.addTask(executorPreference: loop) {
                for await tail in tails { return tail }
                return ""
            }
            tasks.addTask(executorPreference: loop) {
                // Cancelled when the lines are there.
                try? await loop.sleep(for: Self.tailTime)
                return nil
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
        let lines = (text ?? "").split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
        let last = lines.suffix(3).joined(separator: " / ")
        return last.count > 400 ? "…" + last.suffix(400) : last
    }

    private func remember(_ body: (inout RunRecord) throws -> Void) {
        do { try body(&record) } catch {
            note("the record of processes can't be written, so a killed run would leave them: \(error)")
        }
    }

    private static func text(_ exit: ChildProcess.Exit?) -> String {
        switch exit {
        case .exited(let status): "exit \(status)"
        case .signaled(let signal): "killed by signal \(signal)"
        case .unknown, nil: "ended"
        }
    }
}

import Reactor

/// Why something that was asked of the supervisor was not done.
package struct OperationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

extension Supervisor {
    /// How long a new process may take until it can be used and is in the registry.
    static let startLimit = Duration.seconds(60)

    /// Brings a part to so many processes, and returns when they can be used or have ended.
    ///
    /// - Throws: ``OperationError``.
    package func scale(_ part: String, to count: Int) async throws(OperationError) {
        let plan = try scalable(part)
        guard (1...64).contains(count) else {
            throw OperationError("\(part): 1 to 64 replicas, not \(count)")
        }
        let present = members(part)
        if present.count < count {
            var added: [Replica.ID] = []
            for _ in present.count..<count { added.append(add(to: plan)) }
            for id in added { try await waitUntilUsable(id, plan) }
        } else {
            await leave(present.sorted().suffix(present.count - count))
        }
    }

    /// Ends processes and starts them again: of a part one after the other, or one by its name `listing/2`.
    ///
    /// - Throws: ``OperationError``.
    package func restart(_ name: String) async throws(OperationError) {
        for id in try targets(name) {
            guard let plan = plan(id.part), let turn = replicas[id]?.turn else { continue }
            change(id) {
                $0.turn += 1
                $0.isWanted = true
                $0.status = .stopping
            }
            await until { $0.replicas[id].map { $0.turn == turn + 1 && $0.status != .stopping } ?? true }
            try await waitUntilUsable(id, plan)
        }
    }

    /// Replaces each process of a part by a new one that can be used before the old one leaves; where there can be only one,
    /// it is restarted.
    ///
    /// - Throws: ``OperationError``: a new one did not come up, and what is left of the old ones serves on.
    package func rollout(_ part: String) async throws(OperationError) {
        guard let plan = plan(part) else { throw unknown(part) }
        guard plan.isScalable else { return try await restart(part) }
        for old in members(part).sorted() {
            let new = add(to: plan)
            do throws(OperationError) { try await waitUntilUsable(new, plan) } catch {
                await leave([new])
                throw error
            }
            await leave([old])
            note("\(part): \(new) took the place of \(old)")
        }
    }

    /// Ends one process, until it is started again.
    ///
    /// - Throws: ``OperationError``.
    package func stop(_ name: String) async throws(OperationError) {
        let targets = try targets(name)
        for id in targets { change(id) { $0.isWanted = false } }
        await until { me in targets.allSatisfy { me.replicas[$0].map { $0.process == nil } ?? true } }
    }

    /// Starts what was stopped.
    ///
    /// - Throws: ``OperationError``.
    package func start(_ name: String) async throws(OperationError) {
        for id in try targets(name) {
            guard let plan = plan(id.part) else { continue }
            change(id) { $0.isWanted = true }
            try await waitUntilUsable(id, plan)
        }
    }

    private func leave(_ leaving: some Sequence<Replica.ID>) async {
        let leaving = Array(leaving)
        for id in leaving { change(id) { $0.isLeaving = true } }
        await until { me in leaving.allSatisfy { me.replicas[$0] == nil } || me.isStopping }
    }

    /// Returns when it is ready and others can find it.
    private func waitUntilUsable(_ id: Replica.ID, _ plan: PartPlan) async throws(OperationError) {
        let end = MonotonicInstant.now + Self.startLimit
        let isReady = await withTaskGroup(of: Bool.self) { [loop, isRegistered] tasks in
            tasks.addTask(executorPreference: loop) {
                await self.until { me in
                    guard let replica = me.replicas[id], !me.isStopping else { return true }
                    if case .crashLoop = replica.status { return true }
                    return replica.isReady
                }
                guard await self.replicas[id]?.isReady == true, let name = plan.registered,
                    let port = await self.replicas[id]?.port.number
                else { return await self.replicas[id]?.isReady == true }
                while !Task.isCancelled {
                    if await isRegistered(name, Int(port)) { return true }
                    do { try await loop.sleep(for: .milliseconds(50)) } catch { return false }
                }
                return false
            }
            tasks.addTask(executorPreference: loop) {
                // Cancelled when the other one is done.
                try? await loop.sleep(until: end)
                return false
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? false
        }
        guard !isReady else { return }
        let status = replicas[id]?.status ?? .stopped
        let detail = status.detail.isEmpty ? "" : ": \(status.detail)"
        throw OperationError("\(id) can't be used: it is \(status.word)\(detail); see: vigie logs \(id)")
    }

    // MARK: Names

    /// The processes of a part that are not leaving.
    func members(_ part: String) -> [Replica.ID] {
        replicas.values.filter { $0.id.part == part && !$0.isLeaving }.map(\.id)
    }

    private func targets(_ name: String) throws(OperationError) -> [Replica.ID] {
        if let id = Replica.ID(name), replicas[id] != nil { return [id] }
        guard plan(name) != nil else { throw unknown(name) }
        return members(name).sorted()
    }

    private func scalable(_ part: String) throws(OperationError) -> PartPlan {
        guard let plan = plan(part) else { throw unknown(part) }
        guard plan.isScalable else { throw OperationError("there can be only one \(part)") }
        return plan
    }

    private func unknown(_ name: String) -> OperationError {
        let known = plans.map(\.name).joined(separator: ", ")
        return OperationError("there is no \(name) here; there are: \(known)")
    }
}

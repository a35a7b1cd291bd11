import Reactor

/// The agent's checks and how they change.
extension RegistryState {
    /// Stores a check of the agent's. One that is there already keeps its status and output.
    mutating func registerCheck(_ registration: CheckRegistration, at now: MonotonicInstant) throws(Refusal) {
        var check = HealthCheck(node: agent.name, id: registration.id, name: registration.name)
        check.isAgents = true
        check.notes = registration.notes
        check.plan = registration.plan
        check.type = registration.plan.type
        if !registration.serviceID.isEmpty {
            let key = ServiceKey(node: agent.name, id: registration.serviceID)
            guard let instance = tables.services[key], instance.isAgents else {
                throw Refusal(.notFound, "ServiceID \"\(registration.serviceID)\" does not exist")
            }
            check.serviceID = instance.id
            check.serviceName = instance.name
            check.serviceTags = instance.tags
        }
        if let old = tables.checks[check.key] {
            check.status = old.status
            check.output = old.output
        } else {
            check.status = registration.status ?? .critical
        }
        let hadPlan = tables.checks[check.key]?.plan
        store(check)
        if hadPlan != registration.plan || check.plan?.isTTL == true {
            startClock(of: check.key, registration.plan, at: now)
        }
    }

    /// Removes a check of the agent's.
    mutating func deregisterCheck(_ id: String, at now: MonotonicInstant) throws(Refusal) {
        let key = try agentCheck(id).key
        remove(check: key, at: now)
    }

    /// A report of an instance about itself.
    mutating func report(
        _ id: String,
        _ status: CheckStatus,
        output: String,
        at now: MonotonicInstant
    ) throws(Refusal) {
        let check = try agentCheck(id)
        guard let plan = check.plan, case .ttl = plan.kind else {
            throw Refusal(.failed, "CheckID \"\(id)\" does not have associated TTL")
        }
        renewTTL(of: check.key, plan, at: now)
        setStatus(status, output: OutputText.cut(output, to: plan.outputMaxSize), of: check.key, at: now)
    }

    /// The result of a run.
    mutating func finish(_ key: CheckKey, _ result: CheckResult, at now: MonotonicInstant) {
        guard let check = tables.checks[key], let plan = check.plan else { return }
        guard let status = clocks[key]?.count(result.status, plan, current: check.status) else { return }
        setStatus(status, output: result.output, of: key, at: now)
    }

    /// Removes a check, and what depends on it ends.
    mutating func remove(check key: CheckKey, at now: MonotonicInstant) {
        guard tables.checks[key] != nil else { return }
        clocks[key] = nil
        aliases.remove(key)
        write(.removeCheck(key))
        endSessions(dependingOn: key, at: now)
    }

    /// Gives a check another status, or another output only.
    mutating func setStatus(
        _ status: CheckStatus,
        output: String,
        of key: CheckKey,
        at now: MonotonicInstant
    ) {
        guard var check = tables.checks[key] else { return }
        if status == .critical {
            if clocks[key]?.criticalSince == nil { clocks[key]?.criticalSince = now }
        } else {
            clocks[key]?.criticalSince = nil
        }
        guard check.status != status else {
            if check.output != output { setOutput(output, of: key) }
            return
        }
        check.status = status
        check.output = output
        store(check)
        if status == .critical { endSessions(dependingOn: key, at: now) }
    }

    /// A check that was registered with the agent.
    func agentCheck(_ id: String) throws(Refusal) -> HealthCheck {
        guard let check = tables.checks[CheckKey(node: agent.name, id: id)], check.isAgents else {
            throw Refusal(
                .notFound,
                "Unknown check ID \"\(id)\". Ensure that the check ID is passed, not the check name."
            )
        }
        return check
    }

    // MARK: Time

    /// Begins to time a check: at its registration, and when the registry starts.
    mutating func startClock(of key: CheckKey, _ plan: CheckPlan, at now: MonotonicInstant) {
        clockCount += 1
        clocks[key] = CheckClock(generation: clockCount, criticalSince: clocks[key]?.criticalSince)
        if case .alias = plan.kind { aliases.insert(key) } else { aliases.remove(key) }
        if plan.isTTL { renewTTL(of: key, plan, at: now) }
    }

    private mutating func renewTTL(of key: CheckKey, _ plan: CheckPlan, at now: MonotonicInstant) {
        guard var clock = clocks[key] else { return }
        clock.deadline = now + plan.interval
        if !clock.isQueued {
            clock.isQueued = true
            timers.add(.ttl(key, generation: clock.generation), at: clock.deadline)
        }
        clocks[key] = clock
    }

    mutating func ttlDue(_ key: CheckKey, _ generation: Int, at now: MonotonicInstant) {
        guard let clock = clocks[key], clock.generation == generation else { return }
        guard clock.deadline <= now else {
            return timers.add(.ttl(key, generation: generation), at: clock.deadline)
        }
        clocks[key]?.isQueued = false
        guard let check = tables.checks[key] else { return }
        let last = check.output
        let output =
            last.isEmpty ? "TTL expired" : "TTL expired (last output before timeout follows): \(last)"
        guard !(check.status == .critical && last.hasPrefix("TTL expired")) else {
            return setStatus(.critical, output: last, of: key, at: now)
        }
        setStatus(.critical, output: output, of: key, at: now)
    }

    // MARK: Following other instances

    /// Gives each alias the worst status of the checks that it follows.
    mutating func settleAliases() {
        for key in aliases.sorted() {
            guard var check = tables.checks[key], case .alias(let service, let node)? = check.plan?.kind
            else {
                continue
            }
            let target = ServiceKey(node: node.isEmpty ? agent.name : node, id: service)
            (check.status, check.output) = aliasStatus(of: target)
            store(check)
        }
    }

    private func aliasStatus(of target: ServiceKey) -> (CheckStatus, String) {
        guard target.id.isEmpty || tables.services[target] != nil else {
            return (.critical, "No checks found: there is no service \"\(target.id)\"")
        }
        let own = target.id.isEmpty ? [] : tables.checksOfService[target] ?? []
        let checks = (own + (tables.checksOfNode[target.node] ?? []))
            .compactMap { tables.checks[CheckKey(node: target.node, id: $0)] }
            // An alias never follows itself, nor another.
            .filter { !aliases.contains($0.key) }
        if let worst = checks.first(where: { $0.status == .critical }) {
            return (.critical, "Aliased check \"\(worst.name)\" failing: \(worst.output)")
        }
        if let worst = checks.first(where: { $0.status == .warning }) {
            return (.warning, "Aliased check \"\(worst.name)\" warning: \(worst.output)")
        }
        return (.passing, "All checks passing.")
    }
}

import Reactor

/// Instances that are registered with the agent.
extension RegistryState {
    /// Stores an instance and its checks; the same ID replaces.
    ///
    /// `replacesChecks` removes the checks that the registration does not name.
    mutating func registerService(
        _ instance: ServiceInstance,
        checks: [CheckRegistration],
        replacesChecks: Bool,
        at now: MonotonicInstant
    ) throws(Refusal) {
        store(instance)
        if replacesChecks {
            let kept = Set(checks.map(\.id))
            for id in tables.checksOfService[instance.key] ?? [] where !kept.contains(id) {
                let key = CheckKey(node: instance.node, id: id)
                if tables.checks[key]?.isMaintenance != true { remove(check: key, at: now) }
            }
        }
        updateChecks(of: instance)
        for check in checks { try registerCheck(check, at: now) }
    }

    /// Checks carry their instance's name and tags.
    private mutating func updateChecks(of instance: ServiceInstance) {
        for id in tables.checksOfService[instance.key] ?? [] {
            guard var check = tables.checks[CheckKey(node: instance.node, id: id)] else { continue }
            check.serviceName = instance.name
            check.serviceTags = instance.tags
            store(check)
        }
    }

    /// Removes an instance with its checks.
    mutating func deregisterService(_ id: String, at now: MonotonicInstant) throws(Refusal) {
        remove(service: try agentService(id).key, at: now)
    }

    /// Removes an instance with its checks, whoever registered it.
    mutating func remove(service key: ServiceKey, at now: MonotonicInstant) {
        for id in tables.checksOfService[key] ?? [] {
            remove(check: CheckKey(node: key.node, id: id), at: now)
        }
        if tables.services[key] != nil { write(.removeService(key)) }
    }

    /// An instance that was registered with the agent.
    func agentService(_ id: String) throws(Refusal) -> ServiceInstance {
        guard let instance = tables.services[ServiceKey(node: agent.name, id: id)], instance.isAgents else {
            throw Refusal(
                .notFound,
                "Unknown service ID \"\(id)\". Ensure that the service ID is passed, not the service name."
            )
        }
        return instance
    }

    /// Takes an instance out of service, or back.
    mutating func setMaintenance(
        of id: String,
        _ isOn: Bool,
        reason: String,
        at now: MonotonicInstant
    ) throws(Refusal) {
        let instance = try agentService(id)
        var check = HealthCheck(
            node: agent.name,
            id: HealthCheck.serviceMaintenancePrefix + id,
            name: "Service Maintenance Mode",
            notes: reason.isEmpty
                ? "Maintenance mode is enabled for this service, but no reason was provided. "
                    + "This is a default message." : reason
        )
        check.serviceID = instance.id
        check.serviceName = instance.name
        check.serviceTags = instance.tags
        setMaintenance(check, isOn, at: now)
    }

    /// Takes the agent's node out of service, or back.
    mutating func setNodeMaintenance(_ isOn: Bool, reason: String, at now: MonotonicInstant) {
        let check = HealthCheck(
            node: agent.name,
            id: HealthCheck.nodeMaintenanceID,
            name: "Node Maintenance Mode",
            notes: reason.isEmpty
                ? "Maintenance mode is enabled for this node, but no reason was provided. "
                    + "This is a default message." : reason
        )
        setMaintenance(check, isOn, at: now)
    }

    private mutating func setMaintenance(_ check: HealthCheck, _ isOn: Bool, at now: MonotonicInstant) {
        guard isOn else { return remove(check: check.key, at: now) }
        guard tables.checks[check.key] == nil else { return }
        var check = check
        check.type = "maintenance"
        check.isAgents = true
        store(check)
        endSessions(dependingOn: check.key, at: now)
    }

    // MARK: Reaping

    /// Removes instances that have been critical for longer than they wanted to (consul-http-api.md §5), and forgets old marks.
    mutating func sweep(at now: MonotonicInstant) {
        for (key, clock) in clocks {
            guard let since = clock.criticalSince, let check = tables.checks[key],
                let service = check.service,
                let after = check.plan?.deregisterAfter, after > 0,
                (now - since).nanoseconds > max(after, Self.leastDeregisterAfter)
            else { continue }
            remove(service: service, at: now)
        }
        lockDelays = lockDelays.filter { $0.value > now }
        forgetRemovals(at: now)
    }

    /// The shortest `DeregisterCriticalServiceAfter`: a minute.
    static var leastDeregisterAfter: Int64 { 60_000_000_000 }

    private mutating func forgetRemovals(at now: MonotonicInstant) {
        let excess = removals.count - Self.tombstoneLimit
        let old = removals.enumerated().prefix {
            $0.offset < excess || (now - $0.element.instant).nanoseconds > Self.tombstoneLifetime
        }
        let kept = Set(removals.dropFirst(old.count).map(\.key))
        for (_, removal) in old where !kept.contains(removal.key) { forgetTombstone(removal.key) }
        removals.removeFirst(old.count)
    }
}

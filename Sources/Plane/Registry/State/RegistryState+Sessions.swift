import Reactor

/// Sessions and their ends.
extension RegistryState {
    /// Begins a session.
    ///
    /// - Throws: for a node that is not there, and for a check that is missing or critical.
    mutating func create(_ session: Session, at now: MonotonicInstant) throws(Refusal) {
        guard tables.nodes[session.node] != nil else { throw Refusal(.failed, "Missing node registration") }
        for id in session.nodeChecks + session.serviceChecks {
            guard let check = tables.checks[CheckKey(node: session.node, id: id)] else {
                throw Refusal(.failed, "Missing check '\(id)' registration")
            }
            guard check.status != .critical else {
                throw Refusal(.failed, "Check '\(id)' is in critical state")
            }
        }
        var session = session
        session.createIndex = writeIndex
        session.modifyIndex = writeIndex
        write(.putSession(session))
        startClock(of: session, at: now)
    }

    /// Puts the end of a session off; nil for one that is not there.
    mutating func renew(_ id: String, at now: MonotonicInstant) -> Session? {
        guard let session = tables.sessions[id] else { return nil }
        if session.ttl > 0 { sessionDeadlines[id] = now + session.ttl * 2 }
        return session
    }

    /// Ends a session: its keys are released or removed, and nobody can acquire them for its lock-delay.
    mutating func end(session id: String, at now: MonotonicInstant) {
        guard let session = tables.sessions[id] else { return }
        sessionDeadlines[id] = nil
        for key in (tables.keysOfSession[id] ?? []).sorted() {
            switch session.behavior {
            case .delete: delete(key, at: now)
            case .release:
                guard var entry = tables.kv[key] else { continue }
                entry.session = ""
                store(entry)
            }
            if session.lockDelay > 0 { lockDelays[key] = now + session.lockDelay }
        }
        write(.removeSession(id))
    }

    /// A check turned critical or went: sessions that listed it end.
    mutating func endSessions(dependingOn check: CheckKey, at now: MonotonicInstant) {
        guard !tables.sessions.isEmpty else { return }
        let ended = tables.sessions.values.filter { $0.depends(on: check) }.map(\.id).sorted()
        for id in ended { end(session: id, at: now) }
    }

    // MARK: Time

    mutating func startClock(of session: Session, at now: MonotonicInstant) {
        guard session.ttl > 0 else { return }
        let deadline = now + session.ttl * 2
        sessionDeadlines[session.id] = deadline
        timers.add(.session(session.id), at: deadline)
    }

    mutating func sessionDue(_ id: String, at now: MonotonicInstant) {
        guard let deadline = sessionDeadlines[id] else { return }
        if deadline <= now { end(session: id, at: now) } else { timers.add(.session(id), at: deadline) }
    }
}

import HTTP
import JSON
public import Reactor
import Resilience
import Telemetry

/// Leaving, confirmed (ADR 0017).
extension Registration {
    /// How long a mark stays at least, for those that were away from the registry meanwhile.
    private static let markTime = Duration.seconds(60)
    /// How long the wait for confirmations goes on before it is looked at who is still there.
    private static let round = Duration.milliseconds(250)
    /// How long the last question may take beyond the deadline: the deregistration is tried at least once.
    private static let grace = Duration.milliseconds(500)

    /// Takes the instance out of the registry, and waits until all who call the service have confirmed that they send
    /// nothing to it any more. Meanwhile the instance must serve on.
    ///
    /// - Parameters:
    ///   - deadline: when to stop waiting; 5 s from now is the project's default.
    ///   - loop: whose timers wait.
    /// - Returns: how it went. Nothing of it keeps the instance from going.
    public func leave(by deadline: MonotonicInstant, on loop: EventLoop) async -> Departure {
        guard beginLeaving() else { return Departure() }
        // A registry that does not answer at all would hold each question for its own time.
        let context = Context.current.with(deadline: deadline + Self.grace)
        return await Context.with(context) { await depart(by: deadline, on: loop) }
    }

    private func depart(by deadline: MonotonicInstant, on loop: EventLoop) async -> Departure {
        var departure = Departure()
        let mark = await attempt(&departure, by: deadline, on: loop) { () async throws(ConsulError) in
            try await self.mark()
        }
        let began = MonotonicInstant.now
        let isOut = await attempt(&departure, by: deadline, on: loop) { () async throws(ConsulError) in
            try await self.client.deregister(self.instance.id)
        }
        if isOut != nil {
            if let mark {
                await confirm(mark, &departure, by: deadline, on: loop)
            } else {
                // Nobody can confirm: the whole time is the best that is known.
                try? await loop.sleep(until: deadline)
            }
        }
        departure.propagation = .now - began
        if isOut != nil { telemetry?.propagation.record(Double(departure.propagation.nanoseconds) / 1e9) }
        log(departure)
        return departure
    }

    // MARK: Steps

    /// Says that it leaves. Returns the session that names this leaving.
    private func mark() async throws(ConsulError) -> String {
        let definition = SessionDefinition(
            "vigie leaving \(instance.id)",
            timeToLive: Self.markTime,
            behavior: .delete
        )
        let session = try await client.createSession(definition)
        let key = DiscoveryKeys.left(instance.id)
        let content = Array(instance.service.utf8)
        if try await client.put(key, content, when: .acquiring(session: session)) { return session }
        // The mark of a leaving before this one.
        _ = try await client.delete(key)
        _ = try await client.put(key, content, when: .acquiring(session: session))
        return session
    }

    private func confirm(
        _ mark: String,
        _ departure: inout Departure,
        by deadline: MonotonicInstant,
        on loop: EventLoop
    ) async {
        var count = ConfirmationCount(own: instance.id)
        var index: UInt64 = 0
        var isFirst = true
        while !Task.isCancelled {
            do throws(ConsulError) {
                if isFirst { try await vanish(by: deadline) }
                count.take(watchers: try await watchers())
                let left = deadline - .now
                if !count.pending.isEmpty, left > .zero {
                    let wait = min(left, Self.round)
                    index = try await collect(mark, &count, index, wait)
                    if !isFirst { await bury(&count) }
                }
                isFirst = false
                departure.failure = nil
                departure.watchers = Set(count.all.keys)
                departure.unconfirmed = count.pending
                if count.pending.isEmpty || .now >= deadline { return }
            } catch {
                departure.failure = error
                guard .now < deadline, (try? await loop.sleep(for: .milliseconds(100))) != nil else { return }
            }
        }
    }

    /// Waits until the catalogue has followed the agent: who asks from then on does not find the instance any more.
    private func vanish(by deadline: MonotonicInstant) async throws(ConsulError) {
        var poll = ConsulPoll()
        while true {
            let found = try await client.healthService(instance.service, poll)
            let isThere = found.value.contains { entry in
                entry.service.id == instance.id && entry.service.address == instance.host
                    && entry.service.port == Int(instance.port)
            }
            guard isThere, .now < deadline, let index = found.index else { return }
            poll = ConsulPoll(index: index, wait: min(deadline - .now, Self.round))
        }
    }

    /// Those whose sessions live: a key that no session holds was left behind.
    private func watchers() async throws(ConsulError) -> [String: Watcher] {
        let prefix = DiscoveryKeys.watchers(of: instance.service)
        var watchers: [String: Watcher] = [:]
        for pair in try await client.values(under: prefix).value where pair.session != nil {
            let id = String(pair.key.dropFirst(prefix.count))
            watchers[id] = (try? JSONText.decode(Watcher.self, from: pair.value)) ?? Watcher(address: nil)
        }
        return watchers
    }

    /// Takes confirmations until none is missing or the wait is over.
    private func collect(
        _ mark: String,
        _ count: inout ConfirmationCount,
        _ index: UInt64,
        _ wait: Duration
    ) async throws(ConsulError) -> UInt64 {
        let prefix = DiscoveryKeys.confirmations(of: mark)
        let end = MonotonicInstant.now + wait
        var index = index
        while !count.pending.isEmpty, .now < end {
            let poll = ConsulPoll(index: index, wait: max(.milliseconds(10), end - .now))
            let found = try await client.keys(under: prefix, poll)
            count.take(confirmations: found.value.map { String($0.dropFirst(prefix.count)) })
            guard let new = found.index, new > 0 else { return 0 }
            index = new < index ? 0 : new
        }
        return index
    }

    /// Asks those that are waited for whether they are there at all: a session outlives its process by some seconds.
    private func bury(_ count: inout ConfirmationCount) async {
        let transport = client.transport
        let asked = count.pending.compactMap { id in count.all[id]?.address.map { (id, $0) } }
        let dead = await withTaskGroup(of: String?.self) { tasks in
            for (id, address) in asked {
                tasks.addTask { await Self.isAlive(address, transport) ? nil : id }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        for case let id? in dead { count.bury(id) }
    }

    private static func isAlive(_ address: String, _ transport: any HTTPTransport) async -> Bool {
        guard let place = ConsulAddress("http://" + address)?.destination else { return true }
        var timeouts = HTTPTimeouts()
        timeouts.attempt = .milliseconds(500)
        timeouts.total = .milliseconds(500)
        do throws(AttemptFailure) {
            _ = try await transport.attempt(
                HTTPRequest(.get, "/health/live"),
                to: ServiceInstance(place),
                timeouts: timeouts
            )
            return true
        } catch {
            // Whatever keeps us from asking says nothing of the watcher.
            return error.kind == .noRoom || error.kind == .badRequest || error.kind == .cancelled
        }
    }

    /// Tries until it is done, the registry refuses it, or the time is over; nil then.
    private func attempt<Value>(
        _ departure: inout Departure,
        by deadline: MonotonicInstant,
        on loop: EventLoop,
        _ step: () async throws(ConsulError) -> Value
    ) async -> Value? {
        while true {
            do throws(ConsulError) {
                let value = try await step()
                departure.failure = nil
                return value
            } catch {
                departure.failure = error
                let isFinal = error.isRefusal(.forbidden) || error.isCancellation
                guard !isFinal, .now < deadline,
                    (try? await loop.sleep(for: .milliseconds(250))) != nil
                else { return nil }
            }
        }
    }

    private func log(_ departure: Departure) {
        let milliseconds = departure.propagation.nanoseconds / 1_000_000
        let fields: Attributes = [
            "registration": .string(instance.id), "watchers": .int(departure.watchers.count),
            "unconfirmed": .int(departure.unconfirmed.count), "duration_ms": .int(Int(milliseconds)),
        ]
        guard !departure.isConfirmed else {
            return Context.current.logger.info("deregistered, confirmed by all", fields)
        }
        var more = fields
        if let failure = departure.failure { more["error"] = "\(failure)" }
        Context.current.logger.warning("deregistered, not confirmed by all", more)
    }
}

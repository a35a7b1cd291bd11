import JSON
public import Reactor
import Synchronization
import Telemetry

/// Tells the instances of services that this process calls them, so that one that leaves waits for its confirmation.
///
/// One session for the whole process holds a key for each service. When the process dies the session ends, and its keys
/// go with it; until then, whoever waits asks at ``init(id:address:client:)``'s address whether there is anybody.
public final class WatcherPresence: Sendable {
    /// Who watches, unlike all others: the instance's id.
    public let id: String
    private let client: ConsulClient

    private struct State {
        var address: String?
        var session: String?
        var services: Set<String> = []
        /// Whether keys with another address may stand in the registry.
        var isOutdated = false
    }
    private let state: Mutex<State>

    private static let timeToLive = Duration.seconds(15)
    private static let renewal = Duration.seconds(5)

    /// Describes who watches.
    ///
    /// - Parameters:
    ///   - id: the instance's id.
    ///   - address: `host:port` where `/health/live` answers; nil for who listens nowhere, or not yet.
    ///   - client: the registry.
    public init(id: String, address: String?, client: ConsulClient) {
        self.id = id
        self.client = client
        state = Mutex(State(address: address))
    }

    /// From now on `/health/live` answers at `address`, `host:port`. What stands in the registry already is written anew.
    public func listens(at address: String) async {
        state.withLock { state in
            state.address = address
            state.isOutdated = state.session != nil
        }
        do throws(ConsulError) {
            try await rewrite()
        } catch {
            // The next renewal of the session repeats it.
            Context.current.logger.debug("watcher address", ["error": "\(error)"])
        }
    }

    /// Makes the session and keeps it, until the task is cancelled; ``close()`` then ends it.
    public func run(on loop: EventLoop) async {
        repeat {
            do throws(ConsulError) {
                try await keep()
            } catch {
                Context.current.logger.debug("watcher session", ["error": "\(error)"])
            }
        } while (try? await loop.sleep(for: Self.renewal)) != nil
    }

    /// Ends the session: nobody waits for this process any more. To be called when it makes no calls any more. A registry
    /// that does not answer within a second ends it by itself.
    public func close() async {
        let context = Context.current.with(deadline: .now + .seconds(1))
        await Context.with(context) { await end() }
    }

    private func end() async {
        guard let session = state.withLock({ $0.session.take() }) else { return }
        try? await client.destroySession(session)
    }

    /// Renews the session; where there is none, makes one, and its keys.
    func keep() async throws(ConsulError) {
        if let session = state.withLock({ $0.session }), try await client.renewSession(session) {
            return try await rewrite()
        }
        let definition = SessionDefinition(
            "vigie watcher \(id)",
            timeToLive: Self.timeToLive,
            behavior: .delete
        )
        let session = try await client.createSession(definition)
        let services = state.withLock { state in
            state.session = session
            state.isOutdated = false
            return state.services
        }
        for service in services { try await write(service, session) }
    }

    private func rewrite() async throws(ConsulError) {
        let (session, services) = state.withLock { state in
            (state.isOutdated ? state.session : nil, state.services)
        }
        guard let session else { return }
        for service in services { try await write(service, session) }
        state.withLock { $0.isOutdated = false }
    }

    /// From now on this process counts as one that calls the service. To be called before its instances are asked for.
    func announce(_ service: String) async throws(ConsulError) {
        let session = state.withLock { state in
            state.services.insert(service)
            return state.session
        }
        if let session { try await write(service, session) }
    }

    /// It calls the service no more.
    func withdraw(_ service: String) async {
        let isKept = state.withLock { state in
            state.services.remove(service)
            return state.session != nil
        }
        if isKept { _ = try? await client.delete(DiscoveryKeys.watcher(id, of: service)) }
    }

    /// Tells an instance that left that nothing is sent to it from here any more.
    func confirm(_ mark: LeftMark) async throws(ConsulError) {
        // Held by the leaving's own session, so that it goes when that does.
        guard let session = mark.session else { return }
        let key = DiscoveryKeys.confirmation(of: session, by: id)
        _ = try await client.put(key, [], when: .acquiring(session: session))
    }

    private func write(_ service: String, _ session: String) async throws(ConsulError) {
        let watcher = Watcher(address: state.withLock { $0.address })
        let content = (try? JSONText.encode(watcher)) ?? []
        let key = DiscoveryKeys.watcher(id, of: service)
        guard try await !client.put(key, content, when: .acquiring(session: session)) else { return }
        // A session of the process before this one, under the same id, still holds it.
        _ = try await client.delete(key)
        _ = try await client.put(key, content, when: .acquiring(session: session))
    }
}

/// What stands in a watcher's key.
struct Watcher: Codable, Sendable, Equatable {
    let address: String?
}

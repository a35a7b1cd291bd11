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
    private let address: String?
    private let client: ConsulClient

    private struct State {
        var session: String?
        var services: Set<String> = []
    }
    private let state = Mutex(State())

    private static let timeToLive = Duration.seconds(15)
    private static let renewal = Duration.seconds(5)

    /// Describes who watches.
    ///
    /// - Parameters:
    ///   - id: the instance's id.
    ///   - address: `host:port` where `/health/live` answers; nil for who listens nowhere.
    ///   - client: the registry.
    public init(id: String, address: String?, client: ConsulClient) {
        self.id = id
        self.address = address
        self.client = client
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

    /// Ends the session: nobody waits for this process any more. To be called when it makes no calls any more.
    public func close() async {
        guard let session = state.withLock({ $0.session.take() }) else { return }
        try? await client.destroySession(session)
    }

    /// Renews the session; where there is none, makes one, and its keys.
    func keep() async throws(ConsulError) {
        if let session = state.withLock({ $0.session }), try await client.renewSession(session) { return }
        let definition = SessionDefinition(
            "vigie watcher \(id)",
            timeToLive: Self.timeToLive,
            behavior: .delete
        )
        let session = try await client.createSession(definition)
        let services = state.withLock { state in
            state.session = session
            return state.services
        }
        for service in services { try await write(service, session) }
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
        let content = (try? JSONText.encode(Watcher(address: address))) ?? []
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

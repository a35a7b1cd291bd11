import Discovery
import Documents
import JSON
import Reactor
import Synchronization
import Telemetry
import Tokens
import Vigie

/// The routes that services ask for, for themselves: a document in the registry's store, whose hash the service's instances
/// name in their meta, in force below the prefixes that the gateway's file grants.
///
/// While a service is replaced, the document of most of its instances counts. A service without any instance keeps its routes:
/// its clients are told to come back, not that there is no such thing.
final class ServiceRoutes: Sendable {
    /// What a service's instances ask for.
    private struct Wish: Sendable {
        let service: ServiceName
        /// Nil where they ask for nothing.
        let hash: String?

        init(_ service: ServiceName, _ text: String) {
            self.service = service
            hash = text.isEmpty ? nil : text
        }
    }

    private struct State {
        var grants: [ServiceName: [RouteGrant]] = [:]
        var watched: Set<ServiceName> = []
        /// What each service's instances asked for last; empty for nothing.
        var wishes: [ServiceName: String] = [:]
        /// Those whose wish was looked at once.
        var tried: Set<ServiceName> = []
        /// All that its last known instances name, whether they pass or not.
        var named: [ServiceName: Set<String>] = [:]
    }

    /// How long a document that can't be had is not asked for again.
    private static let pause = Duration.seconds(5)
    private static let wishLimit = 10_000
    /// How often is looked for documents that nobody names.
    private static let sweepInterval = Duration.seconds(60)

    private let discovery: ServiceDiscovery
    private let book: RouteBook
    private let logger: Logger
    private let state = Mutex(State())
    private let wishes: AsyncStream<Wish>
    private let wish: AsyncStream<Wish>.Continuation

    init(_ discovery: ServiceDiscovery, _ book: RouteBook, _ logger: Logger) {
        self.discovery = discovery
        self.book = book
        self.logger = logger
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.wishLimit))
    }

    /// Takes what services may ask for; begins to watch new ones.
    func take(_ grants: [ServiceName: [RouteGrant]]) {
        let (new, changed) = state.withLock { state in
            let before = state.grants
            state.grants = grants
            let new = Set(grants.keys).subtracting(state.watched)
            state.watched.formUnion(new)
            let changed = Set(before.keys).union(grants.keys).filter { before[$0] != grants[$0] }
            return (new, changed.compactMap { name in state.wishes[name].map { Wish(name, $0) } })
        }
        for service in new {
            _ = discovery.directory.watch(service.name, Consumer(service: service, routes: self))
        }
        for again in changed { wish.yield(again) }
    }

    /// Whether what the known instances ask for was looked at.
    var isSettled: Bool {
        state.withLock { state in state.wishes.keys.allSatisfy { state.tried.contains($0) } }
    }

    /// Fetches what is asked for and puts it in force, until the task is cancelled.
    func run(on loop: EventLoop) async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask(executorPreference: loop) { [self] in
                var sweep = RouteDocumentSweep(client: discovery.client, logger: logger)
                while (try? await loop.sleep(for: Self.sweepInterval)) != nil {
                    await sweep.run(named, at: .now)
                }
            }
            for await wish in wishes {
                if await fulfil(wish) { continue }
                tasks.addTask(executorPreference: loop) { [self] in
                    guard (try? await loop.sleep(for: Self.pause)) != nil else { return }
                    self.wish.yield(wish)
                }
            }
            tasks.cancelAll()
        }
    }

    /// Hears which instances a service has.
    private struct Consumer: InstanceConsumer {
        let service: ServiceName
        let routes: ServiceRoutes

        func take(_ instances: [DiscoveredInstance]) async { routes.take(instances, of: service) }
    }

    private func take(_ instances: [DiscoveredInstance], of service: ServiceName) {
        guard !instances.isEmpty else { return }
        let passing = instances.filter { $0.status == .passing }
        let counts = Dictionary(
            (passing.isEmpty ? instances : passing).map { ($0.meta[DiscoveryKeys.routesHash] ?? "", 1) },
            uniquingKeysWith: +
        )
        let isNew = state.withLock { state in
            state.named[service] = Set(instances.compactMap { $0.meta[DiscoveryKeys.routesHash] })
            let before = state.wishes[service]
            // Among equals what is in force stays, so that two gateways don't swing.
            let best = counts.max { one, other in
                (one.value, one.key == before ? 1 : 0, one.key) < (
                    other.value, other.key == before ? 1 : 0, other.key
                )
            }
            guard let hash = best?.key, hash != before else { return nil as String? }
            state.wishes[service] = hash
            return hash
        }
        if let hash = isNew { wish.yield(Wish(service, hash)) }
    }

    /// All hashes that are named by instances, or serve without any.
    private var named: [ServiceName: Set<String>] {
        state.withLock { state in state.named.merging(state.wishes.mapValues { [$0] }) { $0.union($1) } }
    }

    /// False where it is to be tried again.
    private func fulfil(_ wish: Wish) async -> Bool {
        let current = state.withLock { $0.wishes[wish.service] }
        guard current ?? "" == wish.hash ?? "" else { return true }
        defer { state.withLock { _ = $0.tried.insert(wish.service) } }
        let source = RouteSource.service(wish.service)
        do {
            let routes = try await routes(wish)
            // Where nothing older could serve on, what is granted does.
            let isFirst = !book.declares(source)
            try book.set(routes, of: source) { $0.isOwnMistake && !(isFirst && $0.cause == .notGranted) }
            book.refuse(source, nil)
            logger.info(
                "a service's routes taken",
                ["peer": .string(wish.service.name), "routes": .int(routes.count)]
            )
            return true
        } catch let error as DocumentError {
            book.refuse(source, error)
            logger.warning(
                "a service's routes are refused: its old ones serve on",
                ["peer": .string(wish.service.name), "mistakes": .string("\(error)")]
            )
            return true
        } catch {
            book.refuse(source, DocumentError(mistakes: ["the document can't be had: \(error)"]))
            return false
        }
    }

    private func routes(_ wish: Wish) async throws -> [RouteDeclaration] {
        guard let hash = wish.hash else { return [] }
        let key = DiscoveryKeys.routes(of: wish.service.name, hash: hash)
        guard let pair = try await discovery.client.value(of: key).value else {
            throw MissingDocument(key: key)
        }
        guard try Digest.sha256Text(of: pair.value) == hash else {
            throw DocumentError(mistakes: ["\(key): its content has another SHA-256 than its name says"])
        }
        return try GatewayDocument.routes(of: wish.service, parsing: pair.value)
    }
}

/// The store has no such document (yet).
private struct MissingDocument: Error, CustomStringConvertible {
    let key: String
    var description: String { "the registry has no key \(key)" }
}

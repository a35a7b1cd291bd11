package import Authentication
public import Configuration
import HTTP
import Postgres
public import Reactor
import Resilience
public import Routing
import Synchronization
public import Telemetry
import Tokens

/// What a service is made with: the platform's parts, and a place to say what else runs and what is needed.
public final class ServiceSetup: Sendable {
    /// What was said while the service was made.
    struct Notes: Sendable {
        var works: [Work] = []
        var conditions: [@Sendable () -> Bool] = []
        var closings: [@Sendable () async -> Void] = []
        var drainings: [@Sendable () async -> Void] = []
        var idempotency: (any IdempotencyStore)?
        var forwarding: Forwarding?
        var authenticatesItself = false
        var issuer: TokenIssuer?
        var published: RouteDocument?
        var administration = RouteList([])
        var databaseMetrics: PostgresMetrics?
    }

    /// Work beside the requests.
    struct Work: Sendable {
        let name: String
        let run: @Sendable () async throws -> Void
    }

    /// Who this process is.
    public let identity: ServiceIdentity
    /// The event loops, and the pool for what blocks.
    public let group: EventLoopGroup
    /// The settings: `setup.configuration[MyOptions.self]`.
    public let configuration: LoadedConfiguration
    /// Metrics, tracer, logs.
    public let telemetry: ServiceTelemetry
    /// Where to log.
    public let logger: Logger
    let board: HealthBoard
    /// Nil where no registry is named.
    package let discovery: ServiceDiscovery?
    package let http: HTTPClient
    package let outgoing: OutgoingTelemetry
    private let notes = Mutex(Notes())

    init(
        _ identity: ServiceIdentity,
        _ configuration: LoadedConfiguration,
        _ telemetry: ServiceTelemetry,
        _ board: HealthBoard,
        _ discovery: ServiceDiscovery?,
        on group: EventLoopGroup
    ) throws(MetricError) {
        self.identity = identity
        self.configuration = configuration
        self.telemetry = telemetry
        self.board = board
        self.discovery = discovery
        self.group = group
        logger = Logger(identity.name.name, to: telemetry.logs)
        outgoing = try OutgoingTelemetry(in: telemetry.metrics)
        http = HTTPClient(on: group)
        notes.withLock { [http, discovery] in
            $0.closings.append { await http.close() }
            if let discovery { $0.closings.append { await discovery.close() } }
        }
    }

    /// Says what the service needs. It gets traffic while all that is required answers; the rest only shows in `/health`.
    ///
    /// - Parameters:
    ///   - name: what it is called in `/health` and in metrics.
    ///   - kind: `datastore` or `component` (draft-inadarei-api-health-check-06 §4.2).
    ///   - isRequired: whether the service can't serve without it.
    ///   - probe: asks it; throws when it does not answer as it should. Is cancelled after `instance.probe-timeout`.
    public func depends(
        on name: String,
        kind: String = "component",
        isRequired: Bool = true,
        probe: @escaping @Sendable () async throws -> Void
    ) {
        board.add(Dependency(name: name, kind: kind, isRequired: isRequired, probe: probe))
    }

    /// Has work done beside the requests, from the start until the service drains: then its task is cancelled.
    ///
    /// Work that throws is logged and begun again, after a wait that grows from 1 s to 30 s; one that returns is done.
    public func runs(_ name: String, _ work: @escaping @Sendable () async throws -> Void) {
        notes.withLock { $0.works.append(Work(name: name, run: work)) }
    }

    /// Has the start wait until something holds that works bring about: before, the service is neither ready nor registered. After
    /// 3 s it starts without: a registry that is away does not keep it from serving.
    public func waits(until holds: @escaping @Sendable () -> Bool) {
        notes.withLock { $0.conditions.append(holds) }
    }

    /// Has something closed when the last request was answered, in the reverse order of these calls.
    public func closes(_ body: @escaping @Sendable () async -> Void) {
        notes.withLock { $0.closings.append(body) }
    }

    /// The issuer that `auth.*` names, for a service that finds out itself who calls; nil for none.
    ///
    /// - Throws: what is wrong with it.
    package func takeIssuer() throws -> TokenIssuer? {
        notes.withLock { $0.authenticatesItself = true }
        return try .configured(in: self)
    }

    /// How long requests in flight may take at the end (`server.drain-timeout`).
    package var drainTimeout: Duration { configuration[ServerOptions.self].http.drainTimeout }

    /// Has callers found out by an issuer of the service's own choice, in the place of `auth.*`.
    package func believes(_ issuer: TokenIssuer) { notes.withLock { $0.issuer = issuer } }

    /// Has something done while the server drains, beside that: ends what would never end by itself.
    package func drains(_ body: @escaping @Sendable () async -> Void) {
        notes.withLock { $0.drainings.append(body) }
    }

    /// Has first answers of `.idempotent` routes kept there. With a database that is done already.
    public func keepsAnswers(in store: any IdempotencyStore) { notes.withLock { $0.idempotency = store } }

    /// Asks the gateway for routes to this service, below the prefixes that its file grants the service: they are in force
    /// while instances that ask for them are registered, without a restart.
    ///
    /// - Parameter document: JSON as in the gateway's file, `{"routes": [{"path": "/api/notes/{id}", …}]}`; `service` is implied.
    ///   At most 512 KiB. What is wrong in it is told by the gateway (its log, `GET /admin/routes`), which then keeps the
    ///   routes of before.
    /// - Throws: ``StartError`` for a document that is too large.
    public func publishes(gatewayRoutes document: [UInt8]) throws(StartError) {
        guard document.count <= ConsulClient.valueByteLimit else {
            throw StartError(
                "the gateway's routes are \(document.count) bytes: \(ConsulClient.valueByteLimit) is the most"
            )
        }
        do throws(KeyError) {
            let hash = try Digest.sha256Text(of: document)
            notes.withLock { $0.published = RouteDocument(hash: hash, bytes: document) }
        } catch {
            throw StartError("the gateway's routes: \(error)")
        }
    }

    /// Has requests that no route of the service takes answered by `forwarding`: a gateway's.
    package func forwards(_ forwarding: Forwarding) { notes.withLock { $0.forwarding = forwarding } }

    /// Adds routes for those who operate the service, on the admin listener.
    package func administers(@RoutesBuilder _ routes: () -> some Routes) {
        let added = routes().all
        notes.withLock { $0.administration = RouteList($0.administration.all + added) }
    }

    /// The metrics of the service's pools, declared with the first one.
    func databaseMetrics() throws(MetricError) -> PostgresMetrics {
        if let known = noted.databaseMetrics { return known }
        let metrics = try PostgresMetrics(telemetry.metrics)
        notes.withLock { $0.databaseMetrics = metrics }
        return metrics
    }

    /// What was said so far.
    var noted: Notes { notes.withLock { $0 } }
}

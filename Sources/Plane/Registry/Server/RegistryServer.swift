import FoundationEssentials
public import HTTP
public import Reactor
public import Telemetry

/// The embedded registry: Consul's HTTP API by a single node (docs/adr/0016).
///
/// ```swift
/// let registry = try await RegistryServer(settings, on: group, metrics: metrics, logs: logs)
/// let result = try await registry.run(until: { await signal() }, ready: { print($0) })
/// ```
public struct RegistryServer: Sendable {
    /// What was built, in metrics and traces. (`agent/self` tells a version of Consul, since clients compare it.)
    public static let version = "0.1.0"

    private let settings: RegistrySettings
    private let group: EventLoopGroup
    private let storage: (folder: DataFolder, recovered: DataFolder.Recovered)?
    private let registry: RegistryActor
    private let service: RegistryService
    private let dns: DNSServer?
    private let leaves: AsyncStream<Void>
    private let logger: Logger

    /// Reads what the data folder holds and makes the registry of it, on the first loop of `group`.
    ///
    /// - Parameters:
    ///   - settings: how it runs.
    ///   - group: its loops.
    ///   - metrics: takes its metrics; they are told under `/metrics`.
    ///   - logs: takes its log and its access log.
    ///   - tracer: begins spans of requests.
    /// - Throws: ``RegistryError`` for a data folder that is in use, unreadable or damaged; `MetricError` when metrics of
    ///   the same names are declared.
    public init(
        _ settings: RegistrySettings,
        on group: EventLoopGroup,
        metrics: MetricRegistry,
        logs: LogOutput,
        tracer: Tracer = .disabled
    ) async throws {
        self.settings = settings
        self.group = group
        let logger = Logger("registry", to: logs)
        self.logger = logger
        let figures = try RegistryMetrics(metrics)
        let storage = try await Self.recover(settings.dataFolder, on: group.blocking)
        self.storage = storage
        let tables = storage?.recovered.tables ?? Tables()
        let id = tables.nodes[settings.nodeName].map(\.id) ?? UUID().uuidString.lowercased()
        let agent = AgentIdentity(name: settings.nodeName, id: id, address: Self.host(of: settings.address))
        if let recovered = storage?.recovered {
            if recovered.tornByteCount > 0 {
                logger.warning(
                    "a write that was never acknowledged was cut off",
                    ["bytes": .int(recovered.tornByteCount)]
                )
            }
            figures.snapshotTime.set(recovered.snapshotTime ?? 0)
        }
        registry = RegistryActor(
            RegistryState(agent: agent, tables: tables, at: .now),
            isDurable: storage != nil,
            durableIndex: tables.indexes.all,
            on: group.loops[0],
            figures,
            logger
        )
        dns = try settings.dnsAddress == nil ? nil : DNSServer(registry, DNSMetrics(metrics))
        let (leaves, leave) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.leaves = leaves
        service = try RegistryService(
            API(registry: registry, agent: agent, pool: group.blocking) { leave.yield() },
            token: settings.token,
            metrics: metrics,
            logs: logs,
            tracer: tracer
        )
    }

    private static func recover(
        _ path: String?,
        on pool: BlockingPool
    ) async throws -> (folder: DataFolder, recovered: DataFolder.Recovered)? {
        guard let path else { return nil }
        return try await pool.run {
            let folder = try DataFolder(path)
            return (folder, try folder.recover())
        }
    }

    private static func host(of address: SocketAddress) -> String {
        let host = address.host
        return host == "0.0.0.0" || host == "::" || host.hasPrefix("/") ? "127.0.0.1" : host
    }

    /// Serves until `stop` returns or a client has it leave, then lets blocked queries go, finishes what is in flight, and
    /// writes the rest of the log.
    ///
    /// - Parameters:
    ///   - stop: returns when the registry is to end.
    ///   - ready: told where it listens.
    ///   - dnsReady: told where it answers questions of DNS, before `ready`.
    /// - Returns: whether every request was answered.
    /// - Throws: ``SystemError`` when it can't listen; ``RegistryError`` when the log can't be written any more.
    public func run(
        until stop: @escaping @Sendable () async -> Void,
        ready: @Sendable (SocketAddress) -> Void,
        dnsReady: @Sendable (SocketAddress) -> Void = { _ in }
    ) async throws -> HTTPServer.DrainResult {
        let dnsAddress = try await dnsAddress()
        let server = try await HTTPServer.start(
            at: settings.address,
            on: group,
            settings: service.httpSettings,
            handler: { [service] in await service.respond(to: $0) }
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            if let storage { tasks.addTask(executorPreference: registry.loop) { try await log(storage) } }
            let runner = CheckRunner(
                registry: registry,
                prober: HTTPProber(on: group),
                resolver: Resolver(pool: group.blocking)
            )
            tasks.addTask(executorPreference: registry.loop) { await runner.run() }
            await registry.begin()
            if let dns { tasks.addTask(executorPreference: registry.loop) { await dns.run() } }
            if let dnsAddress { dnsReady(dnsAddress) }
            ready(server.address)
            let failure = await end(stop)
            await registry.beginDrain()
            let result = await server.drain()
            tasks.cancelAll()
            try await tasks.waitForAll()
            if let failure { throw RegistryError(failure) }
            return result
        }
    }

    private func dnsAddress() async throws -> SocketAddress? {
        guard let dns, let address = settings.dnsAddress else { return nil }
        return try await dns.start(at: address)
    }

    private func log(_ storage: (folder: DataFolder, recovered: DataFolder.Recovered)) async throws {
        let writing = LogWriting(
            registry: registry,
            folder: storage.folder,
            pool: group.blocking,
            snapshotByteCount: settings.snapshotByteCount
        )
        try await writing.run(from: storage.recovered)
    }

    /// Waits for the first reason to end; the log's failure is told.
    private func end(_ stop: @escaping @Sendable () async -> Void) async -> String? {
        await withTaskGroup(of: String?.self) { tasks in
            tasks.addTask {
                await stop()
                return nil
            }
            tasks.addTask {
                for await _ in leaves { return nil }
                return nil
            }
            tasks.addTask { await registry.logFailure() }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
    }
}

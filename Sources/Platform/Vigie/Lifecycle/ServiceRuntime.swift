import Authentication
package import Configuration
package import HTTP
package import Reactor
import Resilience
import Routing
import Telemetry

/// A service's life, from its start to its end (defaults.md, "Health and lifecycle").
package struct ServiceRuntime: Sendable {
    let identity: ServiceIdentity
    let configuration: LoadedConfiguration
    let telemetry: ServiceTelemetry
    let group: EventLoopGroup
    /// Where the service listens, when that is decided already.
    private let port: ReservedPort?

    package init(
        _ identity: ServiceIdentity,
        _ configuration: LoadedConfiguration,
        _ telemetry: ServiceTelemetry,
        port: ReservedPort? = nil,
        on group: EventLoopGroup
    ) {
        self.port = port
        self.identity = identity
        self.configuration = configuration
        self.telemetry = telemetry
        self.group = group
    }

    /// How long the last spans and log lines may take to leave.
    static let flushTime = Duration.seconds(3)

    /// Where the service listens.
    var address: SocketAddress {
        let address = configuration[ServerOptions.self].address
        return port.map { address.with(port: $0.number) } ?? address
    }

    /// Starts a service, runs `body` while it serves, then drains it.
    ///
    /// - Returns: whether every request was answered.
    /// - Throws: what stopped the start, or what `body` threw, behind the draining.
    package func run<S: Service>(
        _ type: S.Type,
        _ body: @Sendable (RunningService) async throws -> Void
    ) async throws -> HTTPServer.DrainResult {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            if let exporter = telemetry.exporter {
                tasks.addTask(executorPreference: group.next()) { await exporter.run() }
            }
            let result = await Result { try await Context.with(context) { try await live(type, body) } }
            await telemetry.close(by: .now + Self.flushTime, on: group)
            tasks.cancelAll()
            return try result.get()
        }
    }

    /// What start and end, and all work beside the requests, run in.
    private var context: Context {
        Context().with {
            $0.logger = Logger("vigie", to: telemetry.logs)
            $0.tracer = telemetry.tracer
        }
    }

    private func live<S: Service>(
        _ type: S.Type,
        _ body: @Sendable (RunningService) async throws -> Void
    ) async throws -> HTTPServer.DrainResult {
        try telemetry.observeProcess(identity, on: group)
        let board = HealthBoard()
        try telemetry.metrics.observe(StandardMetrics.dependencyUp) {
            board.checks.map { MetricReading($0.state.isUp ? 1 : 0, labels: [$0.dependency.name]) }
        }
        let discovery = try await ServiceDiscovery.configured(
            identity,
            configuration,
            telemetry.metrics,
            on: group
        )
        let setup = try ServiceSetup(identity, configuration, telemetry, board, discovery, on: group)
        let result = await Result { try await serve(type, setup, body) }
        for close in setup.noted.closings.reversed() { await close() }
        return try result.get()
    }

    /// Finds out who calls, where somebody is to be believed and the service does not see to that itself.
    private func authenticator(_ setup: ServiceSetup) throws -> TokenAuthenticator? {
        guard !setup.noted.authenticatesItself,
            let issuer = try setup.noted.issuer ?? TokenIssuer.configured(in: setup)
        else { return nil }
        return try TokenAuthenticator([issuer], telemetry.metrics, on: group)
    }

    private func serve<S: Service>(
        _ type: S.Type,
        _ setup: ServiceSetup,
        _ body: @Sendable (RunningService) async throws -> Void
    ) async throws -> HTTPServer.DrainResult {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let discovery = setup.discovery
            if let discovery {
                // Others can be called from the initializer on.
                tasks.addTask(executorPreference: group.next()) { await discovery.directory.run() }
            }
            let service = try await S(setup)
            let authenticator = try authenticator(setup)
            await discovery?.settle()
            let listeners = try await Listeners.open(self, setup, authenticator, service.routes)
            let running = RunningService(
                address: listeners.service.address,
                adminAddress: listeners.admin.address,
                board: setup.board
            )
            let prober = HealthProber(
                board: setup.board,
                options: configuration[InstanceOptions.self],
                logger: Context.current.logger,
                group: group
            )
            await prober.probeAll()
            tasks.addTask(executorPreference: group.next()) { await prober.run() }
            if let authenticator {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) { await authenticator.run(on: loop) }
            }
            for work in setup.noted.works {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) { await BackgroundWork(work: work, loop: loop).run() }
            }
            let conditions = setup.noted.conditions
            await group.next().wait(by: .now + ServiceDiscovery.settleTime) {
                conditions.allSatisfy { $0() }
            }
            setup.board.phase = .serving
            setup.logger.info(
                "serving",
                ["address": "http://\(running.address)", "admin": "http://\(running.adminAddress)"]
            )
            if let discovery {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) {
                    await discovery.register(
                        running.address,
                        alsoAs: S.aliases,
                        routes: listeners.routesHash,
                        publishing: setup.noted.published,
                        on: loop
                    )
                }
            }
            let outcome = await Result { try await body(running) }
            setup.board.phase = .draining
            setup.logger.info("draining")
            // The listener is open until nobody sends here any more.
            await discovery?.leave()
            async let others: Void = Self.drain(setup)
            let drained = await listeners.drain()
            await others
            tasks.cancelAll()
            try outcome.get()
            return drained
        }
    }
}

extension ServiceRuntime {
    /// What is to end beside the server's own requests, all at once.
    private static func drain(_ setup: ServiceSetup) async {
        await withDiscardingTaskGroup { tasks in
            for body in setup.noted.drainings { tasks.addTask { await body() } }
        }
    }
}

extension Result where Failure == any Error {
    /// What `body` returns or throws, on the caller's actor.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

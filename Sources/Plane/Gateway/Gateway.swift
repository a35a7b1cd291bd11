import Authentication
import Configuration
import Discovery
import FoundationEssentials
import Reactor
import Routing
import Telemetry
public import Vigie

/// The gateway: stands before every service, knows who calls, and passes requests on.
///
/// A service as any other: its health, metrics, traces, logs, registration and draining are those of every service.
public struct Gateway: Service {
    /// `gateway`.
    public static let name: ServiceName = "gateway"
    /// The settings beside those of every service.
    public static let options: [any ConfigurationPart.Type] = [GatewayOptions.self]

    /// Nothing but what every service answers: the rest is forwarded.
    public var routes: some Routes { RouteList([]) }

    /// Reads the gateway's file.
    ///
    /// - Throws: ``StartError`` for a file that can't be read; an error with all mistakes in it.
    public init(_ setup: ServiceSetup) async throws {
        let options = setup.configuration[GatewayOptions.self]
        let upstreams = Upstreams(setup)
        let limits = RouteLimits()
        let book = RouteBook(upstreams, limits)
        setup.runs("upstreams") { await upstreams.run() }
        let services = setup.discovery.map { ServiceRoutes($0, book, setup.logger) }
        if let services {
            let loop = setup.group.next()
            setup.runs("services' routes") { await services.run(on: loop) }
        }
        let operators = OperatorRoutes(setup.discovery, book, setup.logger)
        if operators.areKept {
            let loop = setup.group.next()
            setup.runs("operators' routes") { await operators.run(on: loop) }
            setup.waits { operators.isSettled && services?.isSettled ?? true }
        }
        let administration = GatewayAdministration(book: book, operators: operators)
        setup.administers { administration.routes }
        let authenticator = try await Self.authenticator(options, book, services, setup)
        let loop = setup.group.next()
        setup.runs("authentication") { await authenticator.run(on: loop) }
        if let revocations = authenticator.revocations { setup.waits { revocations.isSettled } }
        let tunnels = OpenTunnels(on: setup.group)
        let drainTimeout = setup.drainTimeout
        setup.drains { _ = await tunnels.drain(within: drainTimeout) }
        let cache = ResponseCache(timersOn: setup.group.next())
        let metrics = setup.telemetry.metrics
        try cache.declareMetrics(in: metrics)
        try limits.metrics.declare(in: metrics)
        if let directory = setup.discovery?.directory {
            _ = directory.watch(Self.name.name, GatewayCount(limits: limits))
        }
        let forwarder = Forwarder(
            book,
            trusting: options.trustedProxies,
            authenticator,
            cache,
            tunnels,
            try GatewayMetrics(in: metrics, tunnels)
        )
        setup.forwards(
            Forwarding(
                contentLimit: { forwarder.contentLimit(of: $0) },
                handler: { own, telemetry in
                    { request in
                        guard !own.takes(request.head) else { return try await own.respond(request) }
                        return await forwarder.respond(to: request, observedBy: telemetry)
                    }
                }
            )
        )
    }

    /// Reads the gateway's file, where there is one, and makes what believes callers.
    private static func authenticator(
        _ options: GatewayOptions,
        _ book: RouteBook,
        _ services: ServiceRoutes?,
        _ setup: ServiceSetup
    ) async throws -> EdgeAuthenticator {
        let issuer = try setup.takeIssuer()
        let make = { (settings: EdgeAuthenticationSettings) in
            try EdgeAuthenticator(
                settings,
                and: issuer,
                registry: setup.discovery?.client,
                environment: ProcessInfo.processInfo.environment,
                serviceKeys: { try setup.keys(at: $0) },
                metrics: setup.telemetry.metrics,
                on: setup.group
            )
        }
        guard let path = options.file else { return try make(EdgeAuthenticationSettings()) }
        let file = RouteFile(path, book, services, setup)
        let authenticator = try await file.load(make)
        setup.runs("routes of \(path)") { await file.follow() }
        return authenticator
    }
}

/// Shares the rates among the gateways that live.
private struct GatewayCount: InstanceConsumer {
    let limits: RouteLimits

    func take(_ instances: [DiscoveredInstance]) async {
        limits.setShare(of: max(1, instances.count { $0.status == .passing }))
    }
}

import Configuration
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
        let book = RouteBook(upstreams)
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
        }
        let administration = GatewayAdministration(book: book, operators: operators)
        setup.administers { administration.routes }
        if let path = options.file {
            let file = RouteFile(path, book, services, setup)
            try await file.load()
            setup.runs("routes of \(path)") { await file.follow() }
        }
        let forwarder = Forwarder(
            book,
            trusting: options.trustedProxies,
            try GatewayMetrics(in: setup.telemetry.metrics)
        )
        setup.forwards(
            Forwarding(
                contentLimit: { forwarder.contentLimit(of: $0) },
                respond: { await forwarder.respond(to: $0, observedBy: $1) }
            )
        )
    }
}

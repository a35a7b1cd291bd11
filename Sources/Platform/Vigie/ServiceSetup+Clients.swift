import HTTP
public import Resilience
import Telemetry
public import WebClient

extension ServiceSetup {
    /// A client for another service of the system: it balances over the instances, retries, breaks, and is measured and
    /// traced. Make it once, and keep it.
    ///
    /// Where the instances are is said by `clients.peers`.
    /// - Throws: ``StartError`` when it is not said.
    public func client(
        _ service: ServiceName,
        settings: CallSettings = CallSettings()
    ) throws(StartError) -> ServiceClient {
        let peers = configuration[ClientOptions.self].peers.filter { $0.service == service.name }
        guard !peers.isEmpty else {
            throw StartError("nobody says where \(service) is: set clients.peers to \(service)=host:port")
        }
        let client = ServiceClient(
            service.name,
            instances: BalancedInstances(peers.map(\.destination)),
            transport: http,
            telemetry: outgoing,
            on: group,
            settings: settings
        )
        runs("calls to \(service)") { await client.run() }
        return client
    }

    /// A client for an interface outside: the same pipeline over TLS, with the retries of external calls and without a
    /// header of ours. Make it once, and keep it. Its host is its name in metrics and errors.
    ///
    /// - Parameters:
    ///   - origin: `https://api.example.com`; what it asks for is relative to that.
    ///   - settings: limits and times of calls.
    ///   - web: how connections are made.
    /// - Returns: the client.
    /// - Throws: `WebClientError` for an origin that is none, and for settings that exclude each other.
    public func externalClient(
        at origin: String,
        settings: CallSettings = .external,
        web: WebClientSettings = WebClientSettings()
    ) throws(WebClientError) -> ServiceClient {
        let destination = try WebDestination(origin)
        let transport = try WebClient(on: group, settings: web)
        closes { await transport.close() }
        return ServiceClient(
            to: destination,
            over: transport,
            telemetry: outgoing,
            on: group,
            settings: settings
        )
    }
}

public import Discovery
import HTTP
public import Resilience
import Telemetry
public import WebClient

extension ServiceSetup {
    /// A client for another service of the system: it balances over the instances, retries, breaks, and is measured and
    /// traced. Make it once, and keep it.
    ///
    /// Where the instances are is said by the registry that `CONSUL_HTTP_ADDR` names; of a service in `clients.peers`, by
    /// that alone.
    ///
    /// - Parameters:
    ///   - service: whom to call.
    ///   - settings: limits and times of calls.
    ///   - selection: which of the registered instances are called, and how often canaries are.
    ///   - balancing: how instances are judged; the zone is that of `discovery.zone` unless another is named here.
    /// - Returns: the client.
    /// - Throws: ``StartError`` when nobody says where the service is.
    public func client(
        _ service: ServiceName,
        settings: CallSettings = CallSettings(),
        selection: InstanceSelection = InstanceSelection(),
        balancing: BalancedInstances.Settings = BalancedInstances.Settings()
    ) throws(StartError) -> ServiceClient {
        let client = ServiceClient(
            service.name,
            instances: try instances(of: service, selection, balancing),
            transport: http,
            telemetry: outgoing,
            on: group,
            settings: settings
        )
        runs("calls to \(service)") { await client.run() }
        return client
    }

    /// Where a service's instances are known from.
    package func instances(
        of service: ServiceName,
        _ selection: InstanceSelection,
        _ balancing: BalancedInstances.Settings
    ) throws(StartError) -> BalancedInstances {
        let peers = configuration[ClientOptions.self].peers.filter { $0.service == service.name }
        if !peers.isEmpty {
            let members = peers.map { BalancedInstances.Member(ServiceInstance($0.destination)) }
            return BalancedInstances(members, settings: balancing)
        }
        guard let discovery else {
            throw StartError(
                "nobody says where \(service) is: set CONSUL_HTTP_ADDR, or clients.peers to \(service)=host:port"
            )
        }
        return discovery.instances(of: service, selection, balancing)
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

package import HTTP

/// What the parts of the plane need to know of the platform's settings.
extension ServiceSetup {
    /// Where `clients.peers` says that a service is; empty where it says nothing.
    package func peers(of service: ServiceName) -> [HTTPDestination] {
        configuration[ClientOptions.self].peers.filter { $0.service == service.name }.map(\.destination)
    }

    /// The port that the service itself will listen at; 0 where the system chooses.
    package var ownPort: Int { configuration[ServerOptions.self].port }
}

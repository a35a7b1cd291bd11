import HTTP
public import Reactor

/// Where an instance tells others to reach it.
public enum AdvertisedAddress: Sendable {
    /// The host that is registered: the configured one (`VIGIE_ADVERTISE_ADDRESS`), else this machine's address on the way
    /// to the registry.
    ///
    /// - Parameters:
    ///   - configured: a name or numeric address; nil when it is not configured.
    ///   - registry: where the registry is.
    ///   - group: whose pool resolves the registry's name.
    /// - Returns: the host, never `0.0.0.0` or `::`.
    /// - Throws: `RegistrationError` when there is none.
    public static func host(
        configured: String?,
        registry: ConsulAddress,
        on group: EventLoopGroup
    ) async throws(RegistrationError) -> String {
        if let configured {
            guard !isUnspecified(configured) else {
                throw RegistrationError(
                    "VIGIE_ADVERTISE_ADDRESS is \(configured), where nobody can call; name one address"
                )
            }
            return configured
        }
        guard let port = registry.destination.port else { return SocketAddress.loopback(port: 0).host }
        do {
            let resolver = Resolver(pool: group.blocking)
            let addresses = try await resolver.addresses(of: registry.destination.host, port: port)
            for address in addresses {
                if let local = try? SocketAddress.local(toReach: address), !isUnspecified(local.host) {
                    return local.host
                }
            }
            throw RegistrationError(
                "no way leads to the registry at \(registry); set VIGIE_ADVERTISE_ADDRESS"
            )
        } catch let error as RegistrationError {
            throw error
        } catch {
            throw RegistrationError("\(error); set VIGIE_ADVERTISE_ADDRESS")
        }
    }

    private static func isUnspecified(_ host: String) -> Bool {
        switch SocketAddress(numericHost: host, port: 0) {
        case .ipv4(let address, _): address == 0
        case .ipv6(let address, _, _): address == 0 || address == 0xffff_0000_0000
        case .unix: true
        case nil: host.isEmpty
        }
    }
}

/// Why an instance can't be registered at all.
public struct RegistrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}

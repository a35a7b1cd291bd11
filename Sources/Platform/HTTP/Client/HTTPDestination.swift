public import Reactor

/// Where a client sends its requests: a host and port, or a socket address.
public struct HTTPDestination: Sendable, Hashable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        case host(String, port: UInt16)
        case address(SocketAddress)
    }

    let place: Place

    /// A host by name or numeric address; a name is resolved for each new connection.
    public init(host: String, port: UInt16) {
        place = SocketAddress(numericHost: host, port: port).map { .address($0) } ?? .host(host, port: port)
    }

    /// An address.
    public init(_ address: SocketAddress) { place = .address(address) }

    /// The name or the numeric address, without brackets; `unix:` and the path of a Unix socket.
    public var host: String {
        switch place {
        case .host(let host, _): host
        case .address(let address): address.host
        }
    }

    /// The port; nil for a Unix socket.
    public var port: UInt16? {
        switch place {
        case .host(_, let port): port
        case .address(let address): address.port
        }
    }

    /// What stands in `Host` when the request names no other (RFC 9110 §7.2).
    public var authority: String {
        switch place {
        case .host(let host, let port): port == 80 ? host : "\(host):\(port)"
        case .address(.unix): "localhost"
        case .address(let address): address.description
        }
    }

    /// The host and port, or the address.
    public var description: String {
        switch place {
        case .host(let host, let port): "\(host):\(port)"
        case .address(let address): address.description
        }
    }
}

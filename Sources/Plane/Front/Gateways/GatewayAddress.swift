import Discovery
import Reactor

/// A gateway as nginx is told of it.
struct GatewayAddress: Sendable, Hashable, Comparable {
    /// `10.0.0.7:3001`, `[::1]:3001`, `gateway-1.internal:3001`.
    let text: String
    /// How many requests it takes beside others.
    let weight: Int

    /// Takes a host and a port; nil for a host that is neither a numeric address nor a name of letters, digits, `-`, `.` and `_`:
    /// what others wrote into the registry must not become configuration.
    init?(host: String, port: UInt16, weight: Int = 1) {
        guard port > 0 else { return nil }
        self.weight = min(max(1, weight), 65_535)
        switch SocketAddress(numericHost: host, port: port) {
        case .unix: return nil
        case let address?: text = "\(address)"
        case nil:
            guard (1...253).contains(host.utf8.count), host.utf8.allSatisfy(Self.isPlain) else { return nil }
            text = "\(host):\(port)"
        }
    }

    /// Takes what discovery found; nil as above.
    init?(_ instance: DiscoveredInstance) {
        self.init(host: instance.host, port: instance.port, weight: instance.weight)
    }

    static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "-._".utf8.contains(byte)
        }
    }
}

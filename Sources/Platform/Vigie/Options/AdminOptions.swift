import Configuration
import Reactor
import Secrets

/// The listener for those who operate the service.
struct AdminOptions: ConfigurationPart {
    var host = "127.0.0.1"
    var port = 0
    var token: Secret?

    static let title = "Admin"
    static let settings: [Setting<Self>] = [
        Setting(
            "admin.host",
            \.host,
            .text(rule: "a numeric IPv4 or IPv6 address, or unix:/path") {
                SocketAddress(numericHost: $0, port: 0) != nil
            },
            help: "Where /admin/* is served; beyond this machine only with admin.token."
        ),
        Setting(
            "admin.port",
            \.port,
            .integer(0...65_535),
            help: "Its port; 0: any free one, told in the log."
        ),
        Setting(
            "admin.token",
            \.token,
            .optional(.secret(least: 16)),
            help: "What /admin/* wants as a bearer token."
        ),
    ]

    var address: SocketAddress {
        SocketAddress(numericHost: host, port: UInt16(port)) ?? .loopback(port: UInt16(port))
    }

    func contradictions() -> [String] {
        guard token == nil, !isLocal else { return [] }
        return ["admin.host \(host) can be reached from other machines: set admin.token, or choose 127.0.0.1"]
    }

    private var isLocal: Bool {
        switch address {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let address, _, _): address == 1
        case .unix: true
        }
    }
}

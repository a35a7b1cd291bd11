import Configuration
import Reactor

/// How a service is found by others, where `CONSUL_HTTP_ADDR` names a registry (defaults.md, "Addresses, ports, names" and
/// "Discovery").
struct DiscoveryOptions: ConfigurationPart {
    var address: String?
    var zone: String?
    var tags: [String] = []
    var weight = 1
    var snapshots: String?

    static let title = "Discovery"
    static let settings: [Setting<Self>] = [
        Setting(
            "advertise.address",
            \.address,
            .optional(
                .text(rule: "a host's name or address that others can call, so not 0.0.0.0 or ::") {
                    (1...253).contains($0.utf8.count) && isCallable($0)
                }
            ),
            help:
                "Where others reach it; default: server.host, and for all interfaces the way to the registry."
        ),
        Setting(
            "discovery.zone",
            \.zone,
            .optional(.text(1...128)),
            help: "Where it stands; instances of the own zone are called first."
        ),
        Setting(
            "discovery.tags",
            \.tags,
            .list(of: .text(1...128), atMost: 64),
            help: "What it can be chosen by; canary is known to balancing."
        ),
        Setting(
            "discovery.weight",
            \.weight,
            .integer(1...65_535),
            help: "How many calls it gets beside others."
        ),
        Setting(
            "discovery.snapshots",
            \.snapshots,
            .optional(.text(0...4_096)),
            help:
                "The folder of the last known instances; empty: none. Default: one of this user in /var/tmp."
        ),
    ]

    private static func isCallable(_ host: String) -> Bool {
        switch SocketAddress(numericHost: host, port: 0) {
        case .ipv4(let address, _): address != 0
        case .ipv6(let address, _, _): address != 0
        case .unix: false
        case nil: !host.contains { " /:@".contains($0) }
        }
    }
}

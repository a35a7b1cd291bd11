import Configuration
import Reactor
import Registry
import Secrets

/// The settings of `vigie registry`.
struct RegistryOptions: ConfigurationPart {
    var host = "127.0.0.1"
    var port = 8500
    var dnsPort: Int?
    var dataFolder: String?
    var token: Secret?
    var node: String?
    var loops = 0

    static let title = "Registry"
    static let settings: [Setting<Self>] = [
        Setting("host", \.host, .text(1...128), help: "The numeric address to listen at."),
        Setting("port", \.port, .integer(0...65_535), help: "Where it listens; 0 lets the system choose."),
        Setting(
            "dns-port",
            \.dnsPort,
            .optional(.integer(0...65_535)),
            help:
                "Where it answers DNS over UDP and TCP (Consul: 8600); without it nowhere; 0 lets the system choose."
        ),
        Setting(
            "data-dir",
            \.dataFolder,
            .optional(.text()),
            help: "The folder of the log and its snapshots; without it nothing outlives the process."
        ),
        Setting(
            "token",
            \.token,
            .optional(.secret(least: 8)),
            help: "When set, a request without it gets 403."
        ),
        Setting("node", \.node, .optional(.text(1...128)), help: "The node's name; default: the host's."),
        Setting("loops", \.loops, .integer(0...256), help: "Event loops; 0 is one for each processor."),
    ]

    func contradictions() -> [String] {
        SocketAddress(numericHost: host, port: 0) == nil
            ? ["host must be a numeric IPv4 or IPv6 address"] : []
    }
}

import Secrets

@testable import Configuration

/// A part with a setting of each kind.
struct SampleOptions: ConfigurationPart, Equatable {
    enum Mode: String, CaseIterable, Sendable {
        case fast, safe
    }

    var port = 8080
    var idleTimeout = Duration.seconds(75)
    var ratio = 1.0
    var isTraced = true
    var bodyByteLimit = 1 << 20
    var zone = "local"
    var mode = Mode.safe
    var peers: [String] = []
    var codes = [200]
    var collector: Endpoint?
    var isPlain = false
    var exportDelay = Duration.seconds(1)

    static let title = "Sample"
    static let settings: [Setting<Self>] = [
        Setting("server.port", \.port, .integer(0...65_535), help: "Where it listens; 0: any free port."),
        Setting(
            "server.idle-timeout",
            \.idleTimeout,
            .duration(.seconds(1) ... .seconds(3_600)),
            help: "How long a connection may rest."
        ),
        Setting("trace.ratio", \.ratio, .decimal(0...1), help: "The share of traces that are kept."),
        Setting("trace.enabled", \.isTraced, .boolean, help: "Whether there are traces."),
        Setting("server.body-limit", \.bodyByteLimit, .byteCount(0...(1 << 30)), help: "The largest body."),
        Setting(
            "zone",
            \.zone,
            .text(rule: "1 to 8 of a-z") { $0.wholeMatch(of: /[a-z]{1,8}/) != nil },
            help: "Its zone."
        ),
        Setting("mode", \.mode, .choice, help: "How it runs."),
        Setting("peers", \.peers, .list(of: .text(1...20), atMost: 3), help: "Its peers."),
        Setting("codes", \.codes, .list(of: .integer(100...599)), help: "Codes."),
        Setting(
            "collector",
            \.collector,
            .optional(.endpoint()),
            environment: "OTEL_EXPORTER_OTLP_ENDPOINT",
            help: "Where traces go."
        ),
        Setting("plain", \.isPlain, .presence, environment: "NO_COLOR", help: "No colours."),
        Setting(
            "export-delay",
            \.exportDelay,
            .milliseconds(1...60_000),
            environment: "OTEL_BSP_SCHEDULE_DELAY",
            help: "How often traces go."
        ),
    ]
}

/// A part with secrets and a required value.
struct VaultOptions: ConfigurationPart {
    var url = ""
    var password: Secret?
    var peerPassword: Secret?
    var least = 1
    var most = 10

    static let title = "Vault"
    static let settings: [Setting<Self>] = [
        Setting("vault.url", \.url, .text(), isRequired: true, help: "Where the vault is."),
        Setting("vault.password", \.password, .optional(.secret(least: 4)), help: "Opens the vault."),
        Setting(
            "vault.peer-password",
            \.peerPassword,
            .optional(.secret()),
            environment: "PGPASSWORD",
            help: "Opens the peer."
        ),
        Setting("vault.least", \.least, .integer(0...100), help: "The fewest."),
        Setting("vault.most", \.most, .integer(0...100), help: "The most."),
    ]

    func contradictions() -> [String] {
        least > most ? ["vault.least (\(least)) must not be above vault.most (\(most))"] : []
    }
}

import Configuration
import Reactor

/// The settings of `vigie gateway` beside those of every service.
struct GatewayOptions: ConfigurationPart {
    var file: String?
    var trustedProxies: [AddressBlock] = []

    static let title = "Gateway"
    static let settings: [Setting<Self>] = [
        Setting(
            "gateway.file",
            \.file,
            .optional(.text()),
            help: "The file of routes, issuers, keys and limits; read again when it changes."
        ),
        Setting(
            "gateway.trusted-proxies",
            \.trustedProxies,
            .list(
                of: ValueFormat(
                    rule: "an address or a block such as 10.0.0.0/8",
                    parse: { AddressBlock($0) },
                    show: \.description
                ),
                atMost: 64
            ),
            help: "Whose X-Forwarded-* fields are believed; others' are replaced."
        ),
    ]
}

import Configuration
import Secrets
import Tokens

/// Whose tokens are believed (defaults.md, "Gateway").
struct AuthenticationOptions: ConfigurationPart {
    var issuer: String?
    var audiences: [String] = []
    var keys: String?
    var secret: Secret?
    var algorithms: [SigningAlgorithm] = [.es256, .edDSA, .rs256]

    static let title = "Authentication"
    static let settings: [Setting<Self>] = [
        Setting(
            "auth.issuer",
            \.issuer,
            .optional(.text()),
            help: "The `iss` of the tokens that are believed."
        ),
        Setting(
            "auth.audience",
            \.audiences,
            .list(of: .text(), atMost: 16),
            help: "One of these must be in `aud`."
        ),
        Setting(
            "auth.keys",
            \.keys,
            .optional(.text()),
            help: "The issuer's JWK set: a URL (https, or http within the machine's own network), "
                + "service://NAME/PATH for one that a registered service answers, or a file."
        ),
        Setting(
            "auth.secret",
            \.secret,
            .optional(.secret(least: 32)),
            help: "The secret of HS256, in the place of auth.keys; for tests and small systems."
        ),
        Setting(
            "auth.algorithms",
            \.algorithms,
            .list(
                of: ValueFormat(
                    rule: "one of ES256, EdDSA, RS256, PS256",
                    parse: { text in SigningAlgorithm(rawValue: text).flatMap { $0 == .hs256 ? nil : $0 } },
                    show: \.rawValue
                ),
                atMost: 4
            ),
            help: "How tokens may be signed; with auth.secret it is HS256 alone."
        ),
    ]

    /// Whether anybody is believed.
    var isConfigured: Bool { issuer != nil }

    func contradictions() -> [String] {
        guard isConfigured else {
            return keys != nil || secret != nil || !audiences.isEmpty ? ["auth.issuer must be set, too"] : []
        }
        var problems: [String] = []
        if audiences.isEmpty { problems.append("auth.audience must be set, too") }
        if keys == nil, secret == nil { problems.append("auth.keys or auth.secret must be set, too") }
        if keys != nil, secret != nil { problems.append("auth.keys and auth.secret exclude each other") }
        if algorithms.isEmpty { problems.append("auth.algorithms must name one") }
        return problems
    }
}

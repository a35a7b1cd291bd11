import Vigie

/// Whose tokens are issued, for how long, and how passwords are guarded (defaults.md, "identity").
struct IdentityOptions: ConfigurationPart {
    var issuer = ""
    var system = ""
    var key = Secret("")
    var previousKey: Secret?
    var accessTime = Duration.seconds(600)
    var refreshTime = Duration.seconds(30 * 86_400)
    var keyTime = Duration.seconds(30 * 86_400)
    var keyOverlap = Duration.seconds(86_400)
    var failureLimit = 5
    var failureWindow = Duration.seconds(900)
    var lockTime = Duration.seconds(900)
    var hashThreads = 2
    var hashQueue = 64
    var adminEmail: String?
    var adminPassword: Secret?

    static let title = "Identity"
    static let settings: [Setting<Self>] = tokens + keys + passwords

    private static let tokens: [Setting<Self>] = [
        Setting(
            "identity.issuer",
            \.issuer,
            .text(rule: "an https URL without a slash at its end, such as https://localhost:8443/auth") {
                isIssuer($0)
            },
            isRequired: true,
            help: "The `iss` of the tokens: the front's address and /auth, where the keys are found."
        ),
        Setting(
            "identity.system",
            \.system,
            .text(rule: "1 to 63 of a-z, 0-9 and -, a letter first") { ServiceName($0) != nil },
            isRequired: true,
            help: "The system's name: the `aud` of the tokens, and the first part of events' subjects."
        ),
        Setting(
            "identity.access-time",
            \.accessTime,
            .duration(.seconds(1) ... .seconds(86_400)),
            help: "How long an access token is good."
        ),
        Setting(
            "identity.refresh-time",
            \.refreshTime,
            .duration(.seconds(1) ... .seconds(366 * 86_400)),
            help: "How long a refresh token is good, each from when it was given out."
        ),
    ]

    private static let keys: [Setting<Self>] = [
        Setting(
            "identity.key",
            \.key,
            .secret(least: 32),
            isRequired: true,
            help: "What the signing keys are sealed with in the database; the same for all replicas."
        ),
        Setting(
            "identity.previous-key",
            \.previousKey,
            .optional(.secret(least: 32)),
            help: "The one before identity.key: what is sealed with it is opened and sealed anew."
        ),
        Setting(
            "identity.key-time",
            \.keyTime,
            .duration(.seconds(60) ... .seconds(366 * 86_400)),
            help: "How long a signing key signs."
        ),
        Setting(
            "identity.key-overlap",
            \.keyOverlap,
            .duration(.seconds(30) ... .seconds(366 * 86_400)),
            help: "How long a key is shown before it signs and after it has signed."
        ),
    ]

    private static let passwords: [Setting<Self>] = [
        Setting(
            "identity.failure-limit",
            \.failureLimit,
            .integer(1...1_000),
            help: "How many wrong passwords lock an account."
        ),
        Setting(
            "identity.failure-window",
            \.failureWindow,
            .duration(.seconds(1) ... .seconds(86_400)),
            help: "The time in which they are counted."
        ),
        Setting(
            "identity.lock-time",
            \.lockTime,
            .duration(.seconds(1) ... .seconds(86_400)),
            help: "How long an account is locked."
        ),
        Setting(
            "identity.hash-threads",
            \.hashThreads,
            .integer(1...64),
            help: "Passwords hashed at once, with 19 MiB each."
        ),
        Setting(
            "identity.hash-queue",
            \.hashQueue,
            .integer(1...10_000),
            help: "Passwords that may wait for that; one more is 503."
        ),
        Setting(
            "identity.admin-email",
            \.adminEmail,
            .optional(.text(rule: "an e-mail address") { EmailAddress($0) != nil }),
            help: "An account that is made an administrator at the start, with identity.admin-password."
        ),
        Setting(
            "identity.admin-password",
            \.adminPassword,
            .optional(.secret(least: 10)),
            help: "The administrator's password."
        ),
    ]

    /// A URL that a path can be added to; tokens may name no other form of it.
    private static func isIssuer(_ text: String) -> Bool {
        text.hasPrefix("https://") && !text.hasSuffix("/") && !text.contains { "?# ".contains($0) }
            && (try? WebURL(text)) != nil
    }

    func contradictions() -> [String] {
        var problems: [String] = []
        if (adminEmail == nil) != (adminPassword == nil) {
            problems.append("identity.admin-email and identity.admin-password must be set together")
        }
        if keyOverlap < accessTime {
            problems.append("identity.key-overlap must be at least identity.access-time")
        }
        if keyOverlap >= keyTime {
            problems.append("identity.key-overlap must be less than identity.key-time")
        }
        return problems
    }
}

extension IdentityOptions {
    /// What the signing keys are sealed with.
    var seals: KeyRing.Seals {
        get throws(KeyError) {
            let previous: SealingKey?
            if let key = previousKey { previous = try SealingKey(key) } else { previous = nil }
            return KeyRing.Seals(current: try SealingKey(key), previous: previous)
        }
    }

    var schedule: KeySchedule { KeySchedule(time: keyTime, overlap: keyOverlap) }

    func logins(_ database: PostgresPool) -> LoginGuard {
        LoginGuard(database: database, limit: failureLimit, window: failureWindow, lock: lockTime)
    }
}

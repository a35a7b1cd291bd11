import Vigie

/// The settings of `hometrip seed`.
struct SeedOptions: ConfigurationPart {
    var url = "https://localhost:8443"
    var authorityFile: String?
    var auth: String?
    var listing: String?
    var listings = 1_000
    var hosts = 40
    var number = 1
    /// For trying things, and known to everybody: it is no secret unless another one is set.
    var password = Secret("try-hometrip-here")

    static let title = "Seed"
    static let settings: [Setting<Self>] = [
        Setting("url", \.url, origin, help: "The front; its interfaces are below /api."),
        Setting(
            "ca",
            \.authorityFile,
            .optional(.text()),
            help: "The PEM file of the authority that vouches for the front; default: the system's."
        ),
        Setting(
            "auth",
            \.auth,
            .optional(origin),
            help: "The auth service itself, past the front and its rates; with --listing."
        ),
        Setting("listing", \.listing, .optional(origin), help: "The listing service itself; with --auth."),
        Setting("listings", \.listings, .integer(1...100_000), help: "How many listings there are to be."),
        Setting("hosts", \.hosts, .integer(1...10_000), help: "How many hosts offer them."),
        Setting(
            "seed",
            \.number,
            .integer(0...1_000_000),
            help: "Another number makes other listings; the same one makes the same ones, and each once."
        ),
        Setting(
            "host-password",
            \.password,
            .secret(least: 10),
            help: "The hosts' password, 10 to 128 characters."
        ),
    ]

    private static let origin = ValueFormat<String>.text(rule: "http(s)://host[:port]") {
        (try? WebDestination($0)) != nil
    }

    func contradictions() -> [String] {
        var problems: [String] = []
        if (auth == nil) != (listing == nil) { problems.append("auth and listing must be set together") }
        if listings < hosts { problems.append("listings must be at least as many as hosts") }
        return problems
    }
}

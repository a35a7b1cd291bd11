import Glibc
import Reactor

/// Something that is done to the system under load, and what must come of it.
struct SystemFault: Sendable {
    /// What came of it.
    struct Row: Sendable {
        let name: String
        let rule: String
        let figures: Load.Figures
        /// Seconds from the fault to the last call that failed, and until all was ready.
        let recovery: String
        let alerts: Set<String>
        let isFine: Bool
    }

    /// What may fail.
    enum Allowance: Sendable {
        case nothing
        /// Only what says when to come back.
        case retryable
        /// Anything, for so long.
        case anything(within: Duration)
    }

    let name: String
    let allowance: Allowance
    /// The alerts that must fire while it is held; none for what passes.
    var alerts: Set<String> = []
    /// In what time they must.
    var alertTime = Duration.zero
    let act: @Sendable (DrilledSystem) async throws -> Void
    /// Ends what is held.
    var release: (@Sendable (DrilledSystem) async throws -> Void)?

    /// How long the load is watched behind it.
    private static let aftermath = Duration.seconds(4)
    /// How long all may take to be ready again.
    private static let recoveryLimit = Duration.seconds(60)

    func run(on system: DrilledSystem, _ load: Load) async throws -> Row {
        _ = load.take()
        try await system.sleep(for: .seconds(1))
        let began = MonotonicInstant.now
        try await act(system)
        var fired: Set<String> = []
        var alertTime: Duration?
        if let release {
            (fired, alertTime) = try await hold(system, since: began)
            try await release(system)
        }
        let end = MonotonicInstant.now + Self.recoveryLimit
        while try await !system.isReady(), MonotonicInstant.now < end {
            try await system.sleep(for: .milliseconds(100))
        }
        let ready = MonotonicInstant.now
        try await system.sleep(for: Self.aftermath)
        if release == nil { fired = try await system.alerts() ?? [] }
        let figures = load.take()
        let last = figures.lastFailure.map { $0 - began } ?? .zero
        let text =
            release == nil
            ? "\(Self.text(last)); ready \(Self.text(ready - began))"
            : "alert after \(alertTime.map(Self.text) ?? "never")"
        return Row(
            name: name,
            rule: rule,
            figures: figures,
            recovery: text,
            alerts: fired,
            isFine: isAllowed(figures, last) && fired == alerts && ready < end
        )
    }

    /// How long an alert waits in Alertmanager for one that explains it (`group_wait`) before somebody is told.
    private static let groupWait = Duration.seconds(30)

    /// Waits until the alerts fire, and then until all others have, of which somebody would be told.
    ///
    /// - Returns: what stood long enough to be told, and when all that must had fired.
    private func hold(
        _ system: DrilledSystem,
        since began: MonotonicInstant
    ) async throws -> (Set<String>, Duration?) {
        var since: [String: MonotonicInstant] = [:]
        var told: Set<String> = []
        var time: Duration?
        var end = began + alertTime
        while MonotonicInstant.now < end {
            try await system.sleep(for: .seconds(1))
            guard let active = try await system.alerts() else { continue }
            let now = MonotonicInstant.now
            since = since.filter { active.contains($0.key) }
            for name in active { since[name] = since[name] ?? now }
            told.formUnion(since.filter { now - $0.value >= Self.groupWait }.keys)
            if time == nil, alerts.isSubset(of: active) {
                time = now - began
                end = now + Self.groupWait * 2
            }
        }
        return (told, time)
    }

    private func isAllowed(_ figures: Load.Figures, _ last: Duration) -> Bool {
        switch allowance {
        case .nothing: figures.failed == 0
        case .retryable: figures.onlyRetryable
        case .anything(let limit): last <= limit
        }
    }

    private var rule: String {
        if release != nil { return "\(alerts.sorted().joined(separator: ", ")) must ring, and nothing else" }
        return switch allowance {
        case .nothing: "nothing may fail"
        case .retryable: "only 503 with Retry-After"
        case .anything(let limit): "nothing may fail after \(limit)"
        }
    }

    private static func text(_ time: Duration) -> String { "\(Double(time.nanoseconds / 100_000_000) / 10)" }
}

extension SystemFault {
    /// What passes by itself: nobody may be called for it.
    static let passing: [SystemFault] = [
        SystemFault(name: "scale listing 2 → 5 → 1 → 2", allowance: .nothing) { system in
            for count in [5, 1, 2] { try await system.vigie("scale", "listing=\(count)", "--isolated") }
        },
        SystemFault(name: "rollout of listing", allowance: .nothing) {
            try await $0.vigie("rollout", "listing", "--isolated")
        },
        SystemFault(name: "rollout of auth", allowance: .nothing) {
            try await $0.vigie("rollout", "auth", "--isolated")
        },
        SystemFault(name: "rollout of gateways", allowance: .nothing) {
            try await $0.vigie("rollout", "gateway", "--isolated")
        },
        SystemFault(name: "restart of the registry", allowance: .nothing) {
            try await $0.vigie("restart", "registry", "--isolated")
        },
        SystemFault(name: "reload of nginx", allowance: .nothing) { system in
            let master = try await system.nginxMaster()
            kill(master, SIGHUP)
        },
        SystemFault(name: "restart of PostgreSQL", allowance: .retryable) {
            try await $0.vigie("restart", "postgres", "--isolated")
        },
        killed("gateway", .nothing), killed("listing", .nothing), killed("registry", .nothing),
        killed("postgres", .retryable), killed("prometheus", .nothing),
        killed("alertmanager", .nothing),
        killed("nginx worker", .anything(within: .seconds(3))),
        killed("front", .anything(within: .seconds(10))),
        killed("auth", .nothing),
    ]

    /// What lasts: its alert, and no other.
    static let held: [SystemFault] = [
        held("listing", "ServiceDown", within: .seconds(45)),
        held("gateway", "GatewayDown", within: .seconds(45)),
        held("postgres", "PostgresDown", within: .seconds(40)),
        held("registry", "RegistryDown", within: .seconds(70)),
        held("front", "FrontDown", within: .seconds(45)),
        held("auth", "ServiceDown", within: .seconds(45)),
    ]
    /// How long a part may take to stop, and a look at the alerts.
    private static let slack = Duration.seconds(5)

    private static func killed(_ part: String, _ allowance: Allowance) -> SystemFault {
        SystemFault(name: "kill -9 of \(part)", allowance: allowance) { try await $0.signal(SIGKILL, part) }
    }

    /// A part that is stopped; its alert's runbook says within what time it rings.
    private static func held(_ part: String, _ alert: String, within limit: Duration) -> SystemFault {
        SystemFault(
            name: "\(part) held down",
            allowance: .anything(within: .seconds(600)),
            alerts: [alert],
            alertTime: limit + slack,
            act: { try await $0.vigie("stop", part, "--isolated") },
            release: { try await $0.vigie("start", part, "--isolated") }
        )
    }
}

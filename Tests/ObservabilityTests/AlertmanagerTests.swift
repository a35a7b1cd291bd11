import TestSupport
import Testing

/// Who is told of an alert, and which alerts are kept silent because another one explains them.
@Suite("Alertmanager's rules", .enabled(if: Program.isWanted("amtool", "prometheus-alertmanager")))
struct AlertmanagerTests {
    private static let configuration = Repository.path("alertmanager/alertmanager.yml")

    @Test(
        "pages, tickets and the heartbeat have receivers of their own",
        arguments: [("page", "page"), ("ticket", "ticket"), ("none", "heartbeat"), ("unheard-of", "ticket")]
    )
    func routes(severity: String, receiver: String) async throws {
        for file in try Repository.files("alertmanager", ".yml") {
            try await Program.succeed(
                "amtool",
                [
                    "config", "routes", "test", "--config.file=\(file)",
                    "--verify.receivers=\(receiver)", "alertname=Any", "severity=\(severity)",
                ]
            )
        }
    }

    /// A fault with the alerts that ring for it (prometheus/tests/faults.yml), each with its labels, and those that are left.
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let alerts: [(name: String, labels: [String: String])]
        let left: [String]
        var testDescription: String { name }
    }

    static let faults: [Fault] = [
        Fault(
            name: "all instances of a service die",
            alerts: [
                ("ServiceDown", ["service": "listing", "severity": "page"]),
                ("InstanceMissing", ["service": "listing", "instance": "l:1", "severity": "ticket"]),
                ("InstanceMissing", ["service": "listing", "instance": "l:2", "severity": "ticket"]),
                ("DiscoveryNoInstance", ["service": "listing", "instance": "g:1", "severity": "page"]),
                ("ErrorBudgetBurn", ["zone": "api", "window": "1h", "severity": "page"]),
                // Another fault: another service's.
                ("InstanceMissing", ["service": "user", "instance": "u:1", "severity": "ticket"]),
            ],
            left: ["InstanceMissing", "ServiceDown"]
        ),
        Fault(
            name: "PostgreSQL is down",
            alerts: [
                ("PostgresDown", ["instance": "p:1", "severity": "page"]),
                ("DependencyDown", ["service": "listing", "dependency": "database", "severity": "ticket"]),
                ("DiscoveryNoInstance", ["service": "listing", "instance": "g:1", "severity": "page"]),
                (
                    "DatabasePoolExhausted",
                    ["service": "listing", "instance": "l:1", "severity": "ticket"]
                ),
                ("ErrorBudgetBurn", ["zone": "api", "window": "1h", "severity": "page"]),
            ],
            left: ["PostgresDown"]
        ),
        Fault(
            name: "both gateways die",
            alerts: [
                ("GatewayDown", ["service": "gateway", "severity": "page"]),
                ("InstanceMissing", ["service": "gateway", "instance": "g:1", "severity": "ticket"]),
                ("InstanceMissing", ["service": "gateway", "instance": "g:2", "severity": "ticket"]),
                ("DiscoveryNoInstance", ["service": "gateway", "instance": "f:1", "severity": "page"]),
                ("ErrorBudgetBurn", ["zone": "api", "window": "1h", "severity": "page"]),
            ],
            left: ["GatewayDown"]
        ),
        Fault(
            name: "the registry dies",
            alerts: [
                ("RegistryDown", ["instance": "r:1", "severity": "page"]),
                ("DiscoverySnapshotOld", ["instance": "g:1", "severity": "ticket"]),
                ("RevocationsOld", ["instance": "g:1", "severity": "ticket"]),
                ("TargetsOld", ["instance": "p:1", "severity": "ticket"]),
            ],
            left: ["RegistryDown"]
        ),
        Fault(
            name: "one gateway can't reach the registry",
            alerts: [
                ("DiscoverySnapshotOld", ["instance": "g:1", "severity": "ticket"]),
                ("RevocationsOld", ["instance": "g:1", "severity": "ticket"]),
            ],
            left: ["DiscoverySnapshotOld"]
        ),
        Fault(
            name: "the only front dies",
            alerts: [
                ("FrontDown", ["service": "front", "severity": "page"]),
                ("InstanceMissing", ["service": "front", "instance": "f:1", "severity": "ticket"]),
            ],
            left: ["FrontDown"]
        ),
        Fault(
            name: "a service has become slow",
            alerts: [
                ("GatewayShedding", ["service": "listing", "severity": "page"]),
                ("ErrorBudgetBurn", ["zone": "api", "window": "1h", "severity": "page"]),
                ("LatencyBudgetBurn", ["zone": "api", "window": "1h", "severity": "page"]),
            ],
            left: ["GatewayShedding"]
        ),
        Fault(
            name: "a class fails, whatever the cause",
            alerts: [
                ("ErrorBudgetBurn", ["zone": "api", "window": "1h", "severity": "page"]),
                ("ErrorBudgetBurn", ["zone": "api", "window": "6h", "severity": "page"]),
                ("ErrorBudgetBurn", ["zone": "api", "window": "3d", "severity": "ticket"]),
                ("ErrorBudgetBurn", ["zone": "auth", "window": "3d", "severity": "ticket"]),
            ],
            left: ["ErrorBudgetBurn", "ErrorBudgetBurn"]
        ),
    ]

    @Test("of a fault's alerts the one is left that explains the others", arguments: faults)
    func inhibition(fault: Fault) async throws {
        try await Alertmanager.run(Self.configuration) { alertmanager in
            try await alertmanager.tell(
                fault.alerts.map { alert in alert.labels.merging(["alertname": alert.name]) { $1 } }
            )
            try await eventually("\(fault.left) alone") { try await alertmanager.active() == fault.left }
        }
    }
}

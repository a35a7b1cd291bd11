import Reactor
import Testing

@testable import Telemetry

@Suite("standard metrics") struct StandardMetricsTests {
    static let gauges = [
        StandardMetrics.dbClientConnections, StandardMetrics.dbClientConnectionsMax,
        StandardMetrics.dbClientConnectionsPendingRequests, StandardMetrics.messagingOutboxAge,
        StandardMetrics.messagingDeadLetters, StandardMetrics.sagaActive, StandardMetrics.sagaStuck,
        StandardMetrics.resilienceBreakerState, StandardMetrics.resilienceRetryBudget,
        StandardMetrics.jwksAge, StandardMetrics.gatewayRateLimitKeys, StandardMetrics.gatewayRateLimitBytes,
        StandardMetrics.gatewayInFlight, StandardMetrics.gatewayConcurrencyLimit,
        StandardMetrics.gatewayCacheBytes, StandardMetrics.gatewayCacheEntries,
        StandardMetrics.authRevocations, StandardMetrics.authRevocationsAge,
        StandardMetrics.discoveryInstances, StandardMetrics.discoverySnapshotAge,
    ]
    static let counters = [
        StandardMetrics.resilienceRetries, StandardMetrics.gatewayRateLimited, StandardMetrics.authTokens,
        StandardMetrics.jwksRefreshFailures, StandardMetrics.gatewayRateLimitEvictions,
        StandardMetrics.gatewayRateLimitStoreFailures, StandardMetrics.gatewayInFlightRefused,
        StandardMetrics.gatewayShed, StandardMetrics.gatewayCacheRequests,
        StandardMetrics.gatewayCacheEvictions,
        StandardMetrics.resilienceEjections,
        StandardMetrics.authRevocationsMalformed,
    ]

    /// A metric as docs/contracts/defaults.md writes it.
    struct Row: Sendable {
        let name: String
        let kind: MetricKind
        let labels: [String]
        var bounds: [Double] = []
    }

    private static let http = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    private static let database = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
    private static let requestLabels = [
        "http_request_method", "http_route", "http_response_status_code", "url_scheme", "error_type",
    ]

    static let contract = [
        Row(
            name: "http_server_request_duration_seconds",
            kind: .histogram,
            labels: requestLabels,
            bounds: http
        ),
        Row(
            name: "http_server_active_requests",
            kind: .gauge,
            labels: ["http_request_method", "url_scheme"]
        ),
        Row(
            name: "http_client_request_duration_seconds",
            kind: .histogram,
            labels: requestLabels + ["server_address"],
            bounds: http
        ),
        Row(
            name: "db_client_operation_duration_seconds",
            kind: .histogram,
            labels: ["db_system_name", "db_operation_name", "db_collection_name"],
            bounds: database
        ),
        Row(name: "db_client_connections", kind: .gauge, labels: ["state"]),
        Row(name: "db_client_connections_max", kind: .gauge, labels: []),
        Row(name: "db_client_connections_pending_requests", kind: .gauge, labels: []),
        Row(name: "db_client_connections_wait_time_seconds", kind: .histogram, labels: [], bounds: database),
        Row(
            name: "messaging_client_operation_duration_seconds",
            kind: .histogram,
            labels: [
                "messaging_system", "messaging_operation_name", "messaging_destination_name", "error_type",
            ],
            bounds: http
        ),
        Row(
            name: "messaging_process_duration_seconds",
            kind: .histogram,
            labels: [
                "messaging_system", "messaging_operation_name", "messaging_destination_name", "error_type",
            ],
            bounds: http
        ),
        Row(name: "messaging_outbox_age_seconds", kind: .gauge, labels: []),
        Row(name: "messaging_dead_letters", kind: .gauge, labels: []),
        Row(
            name: "rpc_server_call_duration_seconds",
            kind: .histogram,
            labels: ["rpc_system_name", "rpc_method", "rpc_response_status_code", "error_type"],
            bounds: http
        ),
        Row(name: "resilience_breaker_state", kind: .gauge, labels: ["peer"]),
        Row(name: "resilience_ejections_total", kind: .counter, labels: ["peer"]),
        Row(name: "resilience_retries_total", kind: .counter, labels: []),
        Row(name: "resilience_retry_budget_ratio", kind: .gauge, labels: []),
        Row(
            name: "gateway_overhead_seconds",
            kind: .histogram,
            labels: [],
            bounds: [0.0005, 0.001, 0.0025] + http
        ),
        Row(name: "gateway_rate_limited_total", kind: .counter, labels: ["zone"]),
        Row(name: "auth_tokens_total", kind: .counter, labels: ["result"]),
        Row(name: "jwks_age_seconds", kind: .gauge, labels: ["issuer"]),
        Row(name: "jwks_refresh_failures_total", kind: .counter, labels: ["issuer"]),
        Row(name: "auth_revocations", kind: .gauge, labels: []),
        Row(name: "auth_revocations_age_seconds", kind: .gauge, labels: []),
        Row(name: "auth_revocations_malformed_total", kind: .counter, labels: []),
        Row(name: "discovery_instances", kind: .gauge, labels: ["service", "status"]),
        Row(name: "discovery_snapshot_age_seconds", kind: .gauge, labels: []),
        Row(name: "discovery_propagation_seconds", kind: .histogram, labels: [], bounds: http),
        Row(name: "saga_active", kind: .gauge, labels: ["saga", "step"]),
        Row(name: "saga_stuck", kind: .gauge, labels: []),
        Row(
            name: "event_loop_lag_seconds",
            kind: .histogram,
            labels: ["loop"],
            bounds: (0..<19).map { 0.00005 * Double(1 << $0) }
        ),
        Row(name: "process_cpu_seconds_total", kind: .counter, labels: []),
        Row(name: "process_resident_memory_bytes", kind: .gauge, labels: []),
        Row(name: "process_virtual_memory_bytes", kind: .gauge, labels: []),
        Row(name: "process_open_fds", kind: .gauge, labels: []),
        Row(name: "process_max_fds", kind: .gauge, labels: []),
        Row(name: "process_start_time_seconds", kind: .gauge, labels: []),
        Row(
            name: "target_info",
            kind: .info,
            labels: ["service_name", "service_namespace", "service_instance_id", "service_version"]
        ),
    ]

    /// Everything declared in one registry, by name.
    private func declared() throws -> [String: FamilySnapshot] {
        let registry = try MetricsFixture.registry()
        try registry.observeProcess()
        try registry.observe(try MetricsFixture.group)
        for definition in Self.gauges { _ = try registry.declare(definition) }
        for definition in Self.counters { _ = try registry.declare(definition) }
        for definition in [
            StandardMetrics.httpServerRequestDuration, StandardMetrics.httpClientRequestDuration,
            StandardMetrics.rpcServerCallDuration, StandardMetrics.dbClientOperationDuration,
            StandardMetrics.dbClientConnectionsWaitTime, StandardMetrics.messagingClientOperationDuration,
            StandardMetrics.messagingProcessDuration, StandardMetrics.gatewayOverhead,
            StandardMetrics.discoveryPropagation,
        ] { _ = try registry.declare(definition) }
        _ = try registry.declare(StandardMetrics.httpServerActiveRequests)
        _ = try registry.declare(StandardMetrics.targetInfo)
        _ = try registry.declare(StandardMetrics.buildInfo)
        return Dictionary(registry.snapshot().map { ($0.name, $0) }) { first, _ in first }
    }

    @Test("names, labels and buckets are those of defaults.md, and all can live in one registry")
    func contract() throws {
        let declared = try declared()
        for row in Self.contract {
            let family = try #require(declared[row.name], "\(row.name) is not declared")
            #expect(family.kind == row.kind, "\(row.name)")
            #expect(family.labelNames == row.labels, "\(row.name)")
            #expect(family.bounds.count == row.bounds.count, "\(row.name)")
            for (bound, expected) in zip(family.bounds, row.bounds) {
                #expect(abs(bound - expected) < 1e-12, "\(row.name)")
            }
        }
    }

    @Test("the process tells its figures")
    func process() throws {
        let registry = try MetricsFixture.registry()
        try registry.observeProcess()
        let snapshot = registry.snapshot()
        for (name, range) in [
            ("process_cpu_seconds_total", 0...1e6), ("process_resident_memory_bytes", 1e6...1e11),
            ("process_virtual_memory_bytes", 1e6...1e14), ("process_open_fds", 3...1e6),
            ("process_max_fds", 3...1e10), ("process_threads", 1...10_000),
            ("process_start_time_seconds", 1.7e9...4e9),
        ] {
            guard case .number(let value)? = snapshot.first(where: { $0.name == name })?.value() else {
                Issue.record("\(name) is missing")
                continue
            }
            #expect(range.contains(value), "\(name) \(value)")
        }
    }

    @Test("a process name with spaces and parentheses shifts no field of /proc/self/stat")
    func name() throws {
        let rest = "S 1 2 3 0 -1 4 5 6 7 8 250 150 0 0 20 0 9 0 1000 4096000 77 18446744073709551615"
        let status = try #require(ProcessStatus(line: "42 (a) b (c) \(rest)\n"))
        #expect(status.processorSeconds == 4)
        #expect(status.threadCount == 9)
        #expect(status.startSeconds == 10)
        #expect(status.virtualByteCount == 4_096_000)
        #expect(status.residentByteCount == 77 * 4096)
        #expect(ProcessStatus(line: "42 (a) S 1 2") == nil)
        #expect(ProcessStatus(line: "") == nil)
    }

    @Test("the loops tell their lag and work, the pool its calls")
    func loops() async throws {
        let registry = try MetricsFixture.registry()
        let group = try MetricsFixture.group
        try registry.observe(group)
        for loop in group.loops {
            await withCheckedContinuation { done in loop.execute { done.resume() } }
        }
        let snapshot = registry.snapshot()
        let lag = snapshot.first { $0.name == "event_loop_lag_seconds" }
        #expect(lag?.series.map(\.labels.values) == [["0"], ["1"], ["2"]])
        #expect(snapshot.first { $0.name == "blocking_pool_calls" }?.series.count == 2)
        #expect(snapshot.first { $0.name == "event_loop_busy_seconds_total" }?.series.count == 3)
    }
}

extension StandardMetrics {
    // MARK: Resilience

    /// 0 closed, 1 half-open, 2 open.
    public static let resilienceBreakerState = MetricDefinition<Gauge>(
        "resilience_breaker_state",
        help: "State of the circuit breaker: 0 closed, 1 half-open, 2 open.",
        labels: ["peer"]
    )
    /// Second and later attempts.
    public static let resilienceRetries = MetricDefinition<Counter>(
        "resilience_retries_total",
        help: "Attempts beyond a call's first."
    )
    /// What is left of the retry budget.
    public static let resilienceRetryBudget = MetricDefinition<Gauge>(
        "resilience_retry_budget_ratio",
        help: "Part of the retry budget that is left.",
        unit: .ratio
    )

    // MARK: Gateway

    /// The gateway's own share of a request.
    public static let gatewayOverhead = MetricDefinition<Histogram>(
        "gateway_overhead_seconds",
        help: "Time that requests spent in the gateway itself.",
        unit: .seconds,
        bounds: .httpInProcess
    )
    /// 429 answers.
    public static let gatewayRateLimited = MetricDefinition<Counter>(
        "gateway_rate_limited_total",
        help: "Requests refused by a rate limit.",
        labels: ["zone"]
    )
    /// Tokens looked at.
    public static let authTokens = MetricDefinition<Counter>(
        "auth_tokens_total",
        help: "Tokens checked, by result.",
        labels: ["result"]
    )
    /// How old the keys are.
    public static let jwksAge = MetricDefinition<Gauge>(
        "jwks_age_seconds",
        help: "Time since the issuer's keys were last fetched.",
        unit: .seconds,
        labels: ["issuer"]
    )
    /// Issuers that didn't answer.
    public static let jwksRefreshFailures = MetricDefinition<Counter>(
        "jwks_refresh_failures_total",
        help: "Attempts to fetch the issuer's keys that failed.",
        labels: ["issuer"]
    )
    /// What is revoked.
    public static let authRevocations = MetricDefinition<Gauge>(
        "auth_revocations",
        help: "Revocations in force: tokens and subjects."
    )
    /// How old the list of revocations is.
    public static let authRevocationsAge = MetricDefinition<Gauge>(
        "auth_revocations_age_seconds",
        help: "Time since the registry last confirmed the list of revocations.",
        unit: .seconds
    )
    /// Revocations that nobody can read.
    public static let authRevocationsMalformed = MetricDefinition<Counter>(
        "auth_revocations_malformed_total",
        help: "Entries of the list of revocations that can't be read, and are passed over."
    )

    // MARK: Discovery

    /// Known instances.
    public static let discoveryInstances = MetricDefinition<Gauge>(
        "discovery_instances",
        help: "Instances known, by service and status.",
        labels: ["service", "status"]
    )
    /// How old the known set is.
    public static let discoverySnapshotAge = MetricDefinition<Gauge>(
        "discovery_snapshot_age_seconds",
        help: "Time since the registry last confirmed the known instances.",
        unit: .seconds
    )
    /// From deregistration to the last consumer's confirmation.
    public static let discoveryPropagation = MetricDefinition<Histogram>(
        "discovery_propagation_seconds",
        help: "Time from a deregistration until the last consumer confirmed it.",
        unit: .seconds,
        bounds: .http
    )
}

extension StandardMetrics {
    // MARK: Resilience

    /// 0 closed, 1 half-open, 2 open.
    public static let resilienceBreakerState = MetricDefinition<Gauge>(
        "resilience_breaker_state",
        help: "State of the circuit breaker: 0 closed, 1 half-open, 2 open.",
        labels: ["peer"]
    )
    /// Instances taken out of the balancing.
    public static let resilienceEjections = MetricDefinition<Counter>(
        "resilience_ejections_total",
        help: "How often the instance was taken out of the balancing because it failed.",
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

    /// Answers that are the gateway's own errors.
    public static let gatewayRefused = MetricDefinition<Counter>(
        "gateway_refused_total",
        help: "Requests that the gateway answered with an error of its own, by reason.",
        labels: ["reason"]
    )
    /// WebSockets and event streams.
    public static let gatewayTunnels = MetricDefinition<Gauge>(
        "gateway_tunnels",
        help: "WebSockets, other upgraded connections and event streams that are open.",
        labels: ["kind"]
    )

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
    /// Buckets kept.
    public static let gatewayRateLimitKeys = MetricDefinition<Gauge>(
        "gateway_rate_limit_keys",
        help: "Keys for which a rate zone keeps a bucket.",
        labels: ["zone"]
    )
    /// What the buckets take.
    public static let gatewayRateLimitBytes = MetricDefinition<Gauge>(
        "gateway_rate_limit_bytes",
        help: "Memory of a rate zone's buckets.",
        unit: .bytes,
        labels: ["zone"]
    )
    /// Debts forgotten.
    public static let gatewayRateLimitEvictions = MetricDefinition<Counter>(
        "gateway_rate_limit_evictions_total",
        help: "Buckets that were not yet full and gave way to others because the rate zone was full.",
        labels: ["zone"]
    )
    /// The shared store away or slow.
    public static let gatewayRateLimitStoreFailures = MetricDefinition<Counter>(
        "gateway_rate_limit_store_failures_total",
        help: "Times that the shared store of a rate zone gave no answer in time.",
        labels: ["zone"]
    )
    /// Places taken under a bound.
    public static let gatewayInFlight = MetricDefinition<Gauge>(
        "gateway_in_flight",
        help: "Requests in flight that count against an in-flight limit, by limit.",
        labels: ["limit"]
    )
    /// Requests over a bound.
    public static let gatewayInFlightRefused = MetricDefinition<Counter>(
        "gateway_in_flight_refused_total",
        help: "Requests refused by an in-flight limit, by limit.",
        labels: ["limit"]
    )
    /// The limit that follows latency.
    public static let gatewayConcurrencyLimit = MetricDefinition<Gauge>(
        "gateway_concurrency_limit",
        help: "Requests to a service that may be in flight at once, as its latency allows now.",
        labels: ["service"]
    )
    /// Requests over that limit.
    public static let gatewayShed = MetricDefinition<Counter>(
        "gateway_shed_total",
        help: "Requests refused because a service's latency rose.",
        labels: ["service"]
    )
    /// What the cache did.
    public static let gatewayCacheRequests = MetricDefinition<Counter>(
        "gateway_cache_requests_total",
        help: "Requests that the response cache saw, by result.",
        labels: ["result"]
    )
    /// What the cache holds.
    public static let gatewayCacheBytes = MetricDefinition<Gauge>(
        "gateway_cache_bytes",
        help: "Memory of the responses in the cache, with what keeping them takes.",
        unit: .bytes
    )
    /// How many it holds.
    public static let gatewayCacheEntries = MetricDefinition<Gauge>(
        "gateway_cache_entries",
        help: "Responses in the cache."
    )
    /// Responses that gave way.
    public static let gatewayCacheEvictions = MetricDefinition<Counter>(
        "gateway_cache_evictions_total",
        help: "Responses that gave way to others in the cache."
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

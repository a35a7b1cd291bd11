public import HTTP

/// How calls to one service go out; the values are those of defaults.md.
///
/// Breakers and ejection belong to the instances (``BalancedInstances/Settings``).
public struct CallSettings: Sendable {
    /// How many calls may be in flight. Default 1 024, and 1 024 that wait.
    public var limit = CallLimit.fixed(BulkheadLimits(inFlight: 1024, waiting: 1024))
    /// How long a call may take in all, its answer's content included; the caller's own deadline may be sooner.
    /// Default 10 s.
    public var total = Deadline.callDefault
    /// How long the parts of an attempt may take: 500 ms to connect, 3 s to the head of the answer, 30 s without
    /// progress in a content. `total` is not looked at.
    public var timeouts = HTTPTimeouts()
    /// When an attempt is followed by another.
    public var retry = RetryPolicy()
    /// How many such attempts all calls together may make.
    public var retryBudget = RetryBudget.Settings()
    /// Which headers of the platform go out.
    public var headers = CallHeaders.internal
    /// The `url_scheme` of the metrics.
    public var scheme = ServiceInstance.Scheme.http

    /// Takes the defaults for calls between services.
    public init() {}

    /// For interfaces outside (language models, payment, mail): ``RetryPolicy/external``, and no header of ours.
    public static let external: CallSettings = {
        var settings = CallSettings()
        settings.retry = .external
        settings.headers = .none
        settings.scheme = .https
        return settings
    }()
}

/// Which headers of the platform a call carries, beside those that the request has itself.
public enum CallHeaders: Sendable, Hashable {
    /// All: `traceparent`, `tracestate`, `baggage`, `X-Request-Deadline-Ms`, `X-Request-Id`; and `X-Trace-Keep` of the
    /// answer is believed. For services of the same system alone.
    case `internal`
    /// `traceparent` and `tracestate`: for a partner who takes part in our traces.
    case trace
    /// None: what is outside learns nothing of the inside.
    case none
}

import HTTP
import Reactor
import Synchronization
import Telemetry

/// What a caller knows of a route that it calls: declared once, beside the client (``ServiceClient/route(_:isIdempotent:isStream:timeouts:)``).
///
/// Its template goes into metrics and spans in the place of raw paths; its series are looked up when first used.
public final class CallRoute: Sendable {
    /// The template, such as `/payments/{id}`; empty where none was declared.
    public let template: String
    /// Whether the callee declares it `idempotent`: then a call with an `Idempotency-Key` may be sent twice.
    public let isIdempotent: Bool
    /// Whether its calls are watches, event streams or uploads: no time limit but the caller's own deadline and the idle
    /// timeout.
    public let isStream: Bool
    /// In the place of the client's; nil for that.
    let retry: RetryPolicy?
    /// Behind what time a second instance is asked beside the first; nil for never.
    let hedge: Duration?
    let timeouts: HTTPTimeouts
    /// How long an instance may take, in nanoseconds: an attempt that ended sooner, by its caller's deadline, says nothing of it.
    let patience: Int64
    /// The path of its calls in spans, where theirs is not to be told.
    let path: ArraySlice<UInt8>
    private let methods: Mutex<[CallSeries?]>
    private let makeTable: @Sendable (_ method: String) -> SeriesTable<Histogram>

    init(
        _ template: String,
        isIdempotent: Bool,
        isStream: Bool,
        retry: RetryPolicy? = nil,
        hedge: Duration? = nil,
        timeouts: HTTPTimeouts,
        total: Duration?,
        telemetry: OutgoingTelemetry,
        service: String,
        scheme: ServiceInstance.Scheme
    ) {
        self.template = template
        self.isIdempotent = isIdempotent
        self.isStream = isStream
        self.retry = retry
        self.hedge = hedge
        self.timeouts = timeouts
        patience = min(timeouts.attemptTime, total?.nanoseconds ?? .max)
        path = Array((template.hasPrefix("/") ? template : "/").utf8)[...]
        methods = Mutex(Array(repeating: nil, count: MethodLabel.all.count))
        makeTable = { method in
            telemetry.table(method: method, route: template, scheme: scheme.rawValue, server: service)
        }
    }

    /// What is made of it for a method, when that is first called.
    subscript(method: MethodLabel) -> CallSeries {
        methods.withLock { methods in
            if let known = methods[method.index] { return known }
            let series = CallSeries(method, template, makeTable(method.value))
            methods[method.index] = series
            return series
        }
    }
}

import HTTP
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
    private let tables: Mutex<[SeriesTable<Histogram>?]>
    private let makeTable: @Sendable (_ method: String) -> SeriesTable<Histogram>

    init(
        _ template: String,
        isIdempotent: Bool,
        isStream: Bool,
        retry: RetryPolicy? = nil,
        hedge: Duration? = nil,
        timeouts: HTTPTimeouts,
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
        tables = Mutex(Array(repeating: nil, count: 10))
        makeTable = { method in
            telemetry.table(method: method, route: template, scheme: scheme.rawValue, server: service)
        }
    }

    /// The series of an attempt that ended so.
    func duration(_ method: MethodLabel, _ end: AttemptEnd) -> Histogram {
        let index = method.rawValue
        let table = tables.withLock { tables in
            if let known = tables[index] { return known }
            let table = makeTable(method.text)
            tables[index] = table
            return table
        }
        return table[end.seriesIndex]
    }
}

/// The methods that metrics and spans name; all others are one.
enum MethodLabel: Int, Sendable {
    case get, head, post, put, delete, patch, options, trace, connect, other

    private static let known: [HTTPMethod] = [
        .get, .head, .post, .put, .delete, .patch, .options, .trace, .connect,
    ]

    init(_ method: HTTPMethod) {
        self = Self.known.firstIndex(of: method).flatMap { MethodLabel(rawValue: $0) } ?? .other
    }

    /// `http.request.method`.
    var text: String { self == .other ? "_OTHER" : Self.known[rawValue].name }
    /// The span's name: "HTTP" where the method is unknown (semantic conventions, "HTTP client span").
    var spanName: String { self == .other ? "HTTP" : Self.known[rawValue].name }
}

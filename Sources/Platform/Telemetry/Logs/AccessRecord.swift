public import HTTP
public import Reactor

/// One request in the access log, written when it has ended (defaults.md, "Traces and logs").
public struct AccessRecord: Sendable {
    /// The module whose level decides whether the access log is written.
    public static let module = "access"

    /// The method.
    public var method: HTTPMethod
    /// The route's template, never the raw path; empty for none.
    public var route: String
    /// The answer's status.
    public var status: HTTPStatus
    /// From the request's first byte to the answer's last, nanoseconds.
    public var nanoseconds: Int64
    /// The content's bytes that came and went.
    public var byteCounts: (in: Int, out: Int)
    /// The client's address, without its port.
    public var client: SocketAddress?
    /// `User-Agent` as it came.
    public var userAgent: ArraySlice<UInt8>?
    /// Who the request acted for.
    public var subject: String?
    /// The instance that answered, at a gateway.
    public var upstream: String?
    /// How many calls that took, at a gateway.
    public var attempts: Int?
    /// What the gateway itself took, microseconds.
    public var overheadMicroseconds: Int?
    /// The server's span.
    public var span: SpanContext
    /// The request's name.
    public var requestID: RequestID?

    /// Makes a record of what every request has.
    public init(
        _ method: HTTPMethod,
        route: String,
        status: HTTPStatus,
        nanoseconds: Int64,
        byteCounts: (in: Int, out: Int) = (0, 0),
        span: SpanContext = .none,
        requestID: RequestID? = nil
    ) {
        self.method = method
        self.route = route
        self.status = status
        self.nanoseconds = nanoseconds
        self.byteCounts = byteCounts
        self.span = span
        self.requestID = requestID
    }
}

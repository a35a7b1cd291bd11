/// What a server allows its clients, and how long it waits for them.
public struct HTTPServerSettings: Sendable {
    /// How large a head's parts may be.
    public var limits = HTTPLimits()
    /// The largest content, in bytes; beyond it 413. Default 1 MiB.
    public var contentByteCount = 1 << 20
    /// The largest content for one request, where it is to differ from ``contentByteCount``; nil for the same for all.
    public var contentByteCountOf: (@Sendable (HTTPRequestHead) -> Int)?
    /// From a head's first byte to its last, and from connecting to the first byte; then 408. Default 10 s.
    public var headTimeout = Duration.seconds(10)
    /// How long content may keep the server waiting; each KiB that arrives wins a second back. Then 408. Default 30 s.
    public var contentTimeout = Duration.seconds(30)
    /// How long a kept-alive connection may be idle. Default 75 s.
    public var idleTimeout = Duration.seconds(75)
    /// How long an answer may make no progress; then the connection is cut. Default 30 s.
    public var writeTimeout = Duration.seconds(30)
    /// From a whole head to the beginning of the answer, without the time spent waiting for content; then the handler is
    /// cancelled and the client gets 503. Default 15 s.
    public var requestTimeout = Duration.seconds(15)
    /// Times for single requests, where they are to differ from ``requestTimeout``; nil for the same for all.
    public var requestTimeouts: RequestTimeouts?
    /// How many requests a connection may carry. Default 100 000.
    public var requestsPerConnection = 100_000
    /// How many connections a loop serves; above it accepting pauses. Default 10 000.
    public var connectionsPerLoop = 10_000
    /// How long requests in flight may take to finish when the server drains. Default 25 s.
    public var drainTimeout = Duration.seconds(25)
    /// How long an idle connection stays open when the server drains, for a request that is on its way already.
    /// Default 1 s.
    public var drainIdleTimeout = Duration.seconds(1)
    /// How long a connection is read on after a refusal, so that its answer is not lost to a reset. Default 2 s.
    public var lingerTimeout = Duration.seconds(2)
    /// Told of what a person may want to see in a log. Called on the event loops: it must not block.
    public var report: (@Sendable (HTTPServerEvent) -> Void)?

    /// Takes the defaults.
    public init() {}

    /// The shortest of the times that are set anew for each request; see ``StreamSocket``.
    var shortestTimeout: Duration {
        let request = min(requestTimeout, requestTimeouts?.shortest ?? requestTimeout)
        return min(min(headTimeout, contentTimeout), min(min(idleTimeout, writeTimeout), request))
    }

    /// Tells how long single requests may take.
    public struct RequestTimeouts: Sendable {
        /// The shortest of those that are common: timers look so often, and a shorter one costs moving its timer.
        let shortest: Duration
        /// The time for one request; nil for ``HTTPServerSettings/requestTimeout``.
        let of: @Sendable (HTTPRequestHead) -> Duration?

        /// Asks `of` for each request; times below `shortest` should be rare.
        public init(shortest: Duration, of: @escaping @Sendable (HTTPRequestHead) -> Duration?) {
            self.shortest = shortest
            self.of = of
        }
    }
}

/// Something that happened to a server's connection or request. Holds no byte that a client sent.
public enum HTTPServerEvent: Sendable {
    /// A message was refused.
    case refused(HTTPProtocolError, status: HTTPStatus)
    /// A handler threw an error that is no answer; the client got 500. The text is for the log only.
    case handlerFailed(String)
    /// A content ended early or late, or its source failed: the connection was cut.
    case contentFailed(String)
    /// An accepted connection could not be watched and was closed.
    case connectionDropped(String)
    /// Descriptors ran out; accepting pauses.
    case acceptPaused(String)
}

public import HTTP
public import Reactor

/// A client for servers outside: HTTPS, HTTP/2, proxies, by libcurl on the event loops.
///
/// TLS 1.2 or newer, and always verified. Connections are kept and used again, for each loop apart. A call made on one
/// of the group's loops stays on it; one from elsewhere goes to the next loop in turn. For services of one's own network
/// without TLS, `HTTPClient` costs less.
public final class WebClient: Sendable {
    private let group: EventLoopGroup
    private let loops: [WebLoop]

    /// Makes a client on the loops of `group`.
    ///
    /// - Throws: ``WebClientError/invalidSettings(_:)`` when two settings exclude each other, or when this machine's
    ///   libcurl lacks what is needed. Files that the settings name are read by the calls.
    public init(
        on group: EventLoopGroup,
        settings: WebClientSettings = WebClientSettings()
    ) throws(WebClientError) {
        if let problem = CurlLibrary.problem { throw .invalidSettings(problem) }
        try settings.check()
        self.group = group
        var loops: [WebLoop] = []
        for loop in group.loops { try loops.append(WebLoop(loop, settings)) }
        self.loops = loops
    }

    /// Sends a request and waits for the head of its answer; the content follows as it is read.
    ///
    /// The fields go out as they are, but for those that frame the content or belong to a connection. An answer by
    /// HTTP/2 shows as one by HTTP/1.1, with its trailers. A kept connection that turns out to be gone is replaced
    /// without an error where nothing of the answer came and the request is idempotent (RFC 9112 §9.3.1); nothing else
    /// is retried here. An answer that comes before the content is sent ends the sending; it can be lost, and the error is
    /// ``WebClientError/disconnected``, where the server closes at once and leaves content unread (RFC 9112 §9.6).
    /// - Parameters:
    ///   - request: what to send; its target begins with `/`.
    ///   - destination: where.
    ///   - timeouts: override ``WebClientSettings/timeouts``.
    /// - Returns: the answer; its content holds the connection until it is read to its end or let go.
    /// - Throws: ``WebClientError``. When the task is cancelled the transfer is ended, and the error is
    ///   ``WebClientError/cancelled``. The content throws the same errors as it is read.
    public func send(
        _ request: HTTPRequest,
        to destination: WebDestination,
        timeouts: HTTPTimeouts? = nil
    ) async throws(WebClientError) -> HTTPResponse {
        try await loops[group.next().index].send(request, to: destination, timeouts)
    }

    /// Ends all calls and refuses others; the connections close when the client goes.
    public func close() async {
        for loop in loops { await loop.close() }
    }

    /// What has been counted on all loops.
    public var counters: WebClientCounters {
        get async {
            var sum = WebClientCounters()
            for loop in loops { sum = await sum + loop.snapshot }
            return sum
        }
    }
}

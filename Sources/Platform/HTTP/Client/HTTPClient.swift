public import Reactor

/// An HTTP/1.1 client: pools of connections, one for each destination on each loop.
///
/// A call made on one of its loops stays on it; one from elsewhere goes to the next loop in turn.
public final class HTTPClient: Sendable {
    private let group: EventLoopGroup
    private let loops: [ClientLoop]

    /// Makes a client on the loops of `group`.
    public init(on group: EventLoopGroup, settings: HTTPClientSettings = HTTPClientSettings()) {
        self.group = group
        loops = group.loops.map { ClientLoop($0, settings, Resolver(pool: group.blocking)) }
    }

    /// Sends a request and waits for the head of its answer; the content follows as it is read.
    ///
    /// A kept connection that turns out to be gone before anything was sent costs a second attempt, never an error; so
    /// does one that ends before a byte of the answer, where the request is idempotent and can be sent again
    /// (RFC 9112 §9.3.1). Nothing else is retried here.
    /// `timeouts` override ``HTTPClientSettings/timeouts``.
    /// - Throws: ``HTTPClientError``. When the task is cancelled the connection is closed and the error is
    ///   ``HTTPClientError/cancelled``; a call that has just been sent may take some 20 ms to notice.
    public func send(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        timeouts: HTTPTimeouts? = nil
    ) async throws(HTTPClientError) -> HTTPResponse {
        try await loops[group.next().index].call(request, to: destination, timeouts)
    }

    /// Asks a server to switch to another protocol: one of those in the request's `Upgrade` (RFC 9110 §7.8).
    ///
    /// `Connection: upgrade` is written with it. The request goes out once, on a connection of its own, which never
    /// returns to the pool and does not count for its limit once the server has switched; `total` and `attempt` end with
    /// the answer's head then. Bytes that come right behind that are the new protocol's.
    /// - Throws: ``HTTPClientError``; ``HTTPClientError/invalidAnswer(_:)`` for a 101 that names another protocol, or none,
    ///   or that nobody asked for, and ``HTTPClientError/contentFailed(_:)`` for a request with content, which servers
    ///   refuse.
    public func upgrade(
        _ request: HTTPRequest,
        to destination: HTTPDestination,
        timeouts: HTTPTimeouts? = nil
    ) async throws(HTTPClientError) -> UpgradeAnswer {
        guard request.body.length == 0 else { throw .contentFailed("can't go with an upgrade") }
        return try await loops[group.next().index].upgrade(request, to: destination, timeouts)
    }

    /// Closes the unused connections and refuses to keep others; calls in progress go on.
    public func close() async {
        for loop in loops { await loop.close() }
    }

    /// What has been counted on all loops.
    public var counters: HTTPClientCounters {
        get async {
            var sum = HTTPClientCounters()
            for loop in loops { sum = await sum + loop.counters }
            return sum
        }
    }
}

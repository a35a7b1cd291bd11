/// A connection that has left HTTP behind: plain bytes both ways, from the first one after the 101 answer.
///
/// A server's handler gets one of its client's (``HTTPResponse/switching(to:fields:_:)``), which closes when the handler
/// returns; a client gets one of its server's (``HTTPClient/upgrade(_:to:timeouts:)``), which closes when nobody holds it
/// any more. One task may read while another writes, but no two may do the same.
public struct UpgradedConnection: Sendable {
    private let end: any UpgradedEnd
    /// Kept as long as the connection is held.
    private let companion: (any AnyObject & Sendable)?

    init(_ end: any UpgradedEnd) {
        self.end = end
        companion = nil
    }

    private init(_ end: any UpgradedEnd, _ companion: any AnyObject & Sendable) {
        self.end = end
        self.companion = companion
    }

    /// Waits for bytes; nil when the peer has ended its side in good order.
    ///
    /// - Throws: ``HTTPConnectionError``.
    public func read() async throws -> [UInt8]? { try await end.read() }

    /// Sends bytes, waiting while the peer takes none.
    ///
    /// - Parameters:
    ///   - bytes: what to send.
    ///   - patience: how long the peer may take nothing; by default as long as in an answer or a request.
    /// - Throws: ``HTTPConnectionError``.
    public func write(_ bytes: [UInt8], patience: Duration? = nil) async throws {
        try await end.write(bytes, patience)
    }

    /// Says that nothing more will be written; reading goes on.
    public func finishWriting() async { await end.finishWriting() }

    /// Closes the connection, soon; reads and writes in progress fail.
    ///
    /// - Parameter reset: the peer gets a reset in the place of a clean end, so that it can't take a part for the whole.
    public func close(reset: Bool = false) { end.close(reset) }

    /// Has the read in progress, or the next that would wait, return an empty piece, soon.
    package func wakeReader() { end.wakeReader() }

    /// The same connection, which keeps an object as long as somebody holds it.
    package func keeping(_ object: any AnyObject & Sendable) -> Self { Self(end, object) }
}

/// One side's part of an ``UpgradedConnection``.
protocol UpgradedEnd: Sendable {
    func read() async throws -> [UInt8]?
    func write(_ bytes: [UInt8], _ patience: Duration?) async throws
    func finishWriting() async
    func close(_ reset: Bool)
    func wakeReader()
}

/// What a server said to a request to switch protocols.
public enum UpgradeAnswer: Sendable {
    /// 101: the connection speaks the other protocol. Its fields are those of the answer's head.
    case switched(HTTPResponseHead, UpgradedConnection)
    /// Anything else: an answer as any.
    case answered(HTTPResponse)
}

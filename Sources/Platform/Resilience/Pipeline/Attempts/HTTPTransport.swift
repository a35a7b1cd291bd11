public import HTTP

/// Sends one attempt to one instance. It retries nothing that may have reached the instance, and measures nothing: that
/// is ``ServiceClient``'s part.
public protocol HTTPTransport: Sendable {
    /// Sends a request and waits for the head of its answer; the content follows as it is read, and its connection is
    /// given up when nobody holds the content any more.
    ///
    /// - Parameters:
    ///   - request: what to send, with all fields.
    ///   - instance: where.
    ///   - timeouts: how long its parts may take; `total` ends the content as well.
    /// - Returns: the answer, whatever it says.
    /// - Throws: ``AttemptFailure``; the task's cancellation ends the attempt at once.
    func attempt(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> HTTPResponse

    /// Sends a request that asks for another protocol in its `Upgrade`; see `HTTPClient.upgrade(_:to:timeouts:)`.
    ///
    /// A transport without upgrades, as all are unless they say otherwise, sends nothing.
    /// - Throws: ``AttemptFailure``, a ``AttemptFailure/Kind/badRequest`` where there are none.
    func upgrade(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> UpgradeAnswer

    /// What an error means that was thrown by ``attempt(_:to:timeouts:)`` or while its answer's content was read.
    func kind(of error: any Error) -> AttemptFailure.Kind
}

extension HTTPTransport {
    /// Refuses.
    public func upgrade(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> UpgradeAnswer {
        throw AttemptFailure(.badRequest, NoUpgrades(transport: "\(Self.self)"))
    }
}

/// The transport can't leave HTTP.
private struct NoUpgrades: Error, CustomStringConvertible {
    let transport: String
    var description: String { "\(transport) switches to no other protocol; HTTPClient does" }
}

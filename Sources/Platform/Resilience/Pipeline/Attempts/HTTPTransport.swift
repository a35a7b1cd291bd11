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

    /// What an error means that was thrown by ``attempt(_:to:timeouts:)`` or while its answer's content was read.
    func kind(of error: any Error) -> AttemptFailure.Kind
}

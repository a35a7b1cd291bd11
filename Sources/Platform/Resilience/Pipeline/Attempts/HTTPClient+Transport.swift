public import HTTP

/// Calls between services: plain HTTP/1.1.
extension HTTPClient: HTTPTransport {
    /// See ``HTTPTransport``. An instance that wants TLS is refused as a bad request.
    public func attempt(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> HTTPResponse {
        guard instance.scheme == .http else { throw AttemptFailure(.badRequest, TLSNeeded()) }
        do throws(HTTPClientError) {
            return try await send(request, to: instance.destination, timeouts: timeouts)
        } catch {
            throw AttemptFailure(kind(of: error), error)
        }
    }

    /// See ``HTTPTransport``. An instance that wants TLS is refused as a bad request.
    public func upgrade(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> UpgradeAnswer {
        guard instance.scheme == .http else { throw AttemptFailure(.badRequest, TLSNeeded()) }
        do throws(HTTPClientError) {
            return try await upgrade(request, to: instance.destination, timeouts: timeouts)
        } catch {
            throw AttemptFailure(kind(of: error), error)
        }
    }

    /// See ``HTTPTransport``.
    public func kind(of error: any Error) -> AttemptFailure.Kind {
        guard let error = error as? HTTPClientError else { return .badRequest }
        switch error {
        case .unresolved, .notConnected, .timedOut(.connection): return .notConnected
        case .queueFull, .timedOut(.turn): return .noRoom
        case .disconnected: return .reset
        case .timedOut: return .timedOut
        case .invalidAnswer, .answerCut: return .broken
        case .contentFailed, .answerOver: return .badRequest
        case .cancelled: return .cancelled
        }
    }
}

/// The instance is one for `https`.
private struct TLSNeeded: Error, CustomStringConvertible {
    var description: String { "HTTPClient speaks plain HTTP; use WebClient for https" }
}

public import HTTP
public import Reactor
public import Resilience

/// Calls to the outside, behind the face that calls between services have.
extension WebClient: HTTPTransport {
    /// See `HTTPTransport`.
    public func attempt(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> HTTPResponse {
        do throws(WebClientError) {
            let scheme = instance.scheme == .https ? WebDestination.Scheme.https : .http
            let destination = try WebDestination(scheme, host: instance.host, port: instance.port)
            return try await send(request, to: destination, timeouts: timeouts)
        } catch {
            throw AttemptFailure(kind(of: error), error)
        }
    }

    /// See `HTTPTransport`. A certificate that is refused is no matter of another attempt.
    public func kind(of error: any Error) -> AttemptFailure.Kind {
        guard let error = error as? WebClientError else { return .badRequest }
        switch error {
        case .unresolved, .notConnected, .proxyFailed, .timedOut(.connection): return .notConnected
        case .disconnected: return .reset
        case .timedOut: return .timedOut
        case .tls, .headTooLarge, .tooManyRedirects, .invalidAnswer, .failed: return .broken
        case .queueFull: return .noRoom
        case .invalidRequest, .invalidSettings, .addressRefused, .contentFailed, .answerOver:
            return .badRequest
        case .cancelled, .closed: return .cancelled
        }
    }
}

extension ServiceClient {
    /// Makes a client of one interface outside.
    ///
    /// - Parameters:
    ///   - destination: where it is; its host is the client's name in metrics and errors.
    ///   - web: by which it is reached.
    ///   - telemetry: the process's one.
    ///   - group: the loops whose timers wait between attempts.
    ///   - settings: limits and times; by default `CallSettings.external`, which sends no header of ours.
    public convenience init(
        to destination: WebDestination,
        over web: WebClient,
        telemetry: OutgoingTelemetry,
        on group: EventLoopGroup,
        settings: CallSettings = .external
    ) {
        var settings = settings
        settings.scheme = destination.scheme == .https ? .https : .http
        let place = HTTPDestination(host: destination.host.trimmed(), port: destination.port)
        let instance = ServiceInstance(place, scheme: settings.scheme)
        self.init(
            destination.host,
            instances: BalancedInstances([BalancedInstances.Member(instance)]),
            transport: web,
            telemetry: telemetry,
            on: group,
            settings: settings
        )
    }
}

extension String {
    /// An IPv6 address without its brackets.
    fileprivate func trimmed() -> String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}

import HTTP
import Reactor
import TestSupport

@testable import WebClient

/// What the tests share: loops, and clients that wait long unless told otherwise.
enum WebFixture {
    /// One loop, so that all calls of a client share its connections.
    static var loop: EventLoopGroup { get throws { try TestLoops.one } }
    static var loops: EventLoopGroup { get throws { try TestLoops.two } }

    /// A client that trusts the tests' authority and ignores the environment's proxies.
    static func client(
        on group: EventLoopGroup? = nil,
        trusting authority: String? = nil,
        _ change: (inout WebClientSettings) -> Void = { _ in }
    ) throws -> WebClient {
        var settings = WebClientSettings()
        settings.proxy = .none
        settings.timeouts = .patient
        if let authority { settings.trust = .only(file: authority) }
        change(&settings)
        return try WebClient(on: group ?? loop, settings: settings)
    }
}

extension HTTPTimeouts {
    /// Longer than any test waits on purpose.
    static var patient: HTTPTimeouts { .with { _ in } }

    /// A patient one with a change.
    static func with(_ change: (inout HTTPTimeouts) -> Void) -> HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        (timeouts.connect, timeouts.attempt, timeouts.idle) = (.seconds(20), .seconds(20), .seconds(20))
        timeouts.total = .seconds(40)
        change(&timeouts)
        return timeouts
    }
}

extension WebClient {
    /// Sends a request and gathers its answer.
    @discardableResult func fetch(
        _ path: String = "/",
        _ method: HTTPMethod = .get,
        from destination: WebDestination,
        fields: HTTPFields = HTTPFields(),
        body: HTTPBody = .empty,
        timeouts: HTTPTimeouts? = nil
    ) async throws -> (response: HTTPResponse, text: String) {
        let request = HTTPRequest(method, path, fields: fields, body: body)
        let response = try await send(request, to: destination, timeouts: timeouts)
        return (response, String(decoding: try await response.body.collect(upTo: 1 << 26), as: UTF8.self))
    }

    /// Waits until the counters are as they should be; they change on the loop, a moment after their cause.
    func settles(_ condition: (WebClientCounters) -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end, !Task.isCancelled {
            if condition(await counters) { return true }
            await Task.yield()
        }
        return false
    }
}

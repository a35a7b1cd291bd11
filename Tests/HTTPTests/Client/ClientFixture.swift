import Foundation
import Reactor
import Testing

@testable import HTTP

/// What the client's tests share: loops, clients that wait long unless told otherwise, and destinations.
enum ClientFixture {
    private static let shared = Result { try EventLoopGroup(count: 1) }
    private static let sharedPair = Result { try EventLoopGroup(count: 2) }

    /// One loop, so that all calls of a client share one pool.
    static var loop: EventLoopGroup { get throws { try shared.get() } }
    /// Two loops.
    static var loops: EventLoopGroup { get throws { try sharedPair.get() } }

    /// A client on one loop.
    static func client(_ change: (inout HTTPClientSettings) -> Void = { _ in }) throws -> HTTPClient {
        var settings = HTTPClientSettings()
        settings.timeouts = .patient
        change(&settings)
        return HTTPClient(on: try loop, settings: settings)
    }

    /// A path for a Unix socket that nobody else has.
    static func socketPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("vigie-\(UUID().uuidString).sock").path
    }
}

extension HTTPTimeouts {
    /// Longer than any test waits on purpose.
    static var patient: HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        (timeouts.connect, timeouts.attempt, timeouts.idle) = (.seconds(20), .seconds(20), .seconds(20))
        timeouts.total = .seconds(30)
        return timeouts
    }

    /// A patient one with a change.
    static func with(_ change: (inout HTTPTimeouts) -> Void) -> HTTPTimeouts {
        var timeouts = patient
        change(&timeouts)
        return timeouts
    }
}

extension HTTPClient {
    /// Sends a request and gathers its answer.
    func fetch(
        _ request: HTTPRequest = HTTPRequest(.get, "/"),
        from server: ScriptedServer,
        timeouts: HTTPTimeouts? = nil
    ) async throws -> (HTTPResponse, String) {
        let response = try await send(request, to: HTTPDestination(server.address), timeouts: timeouts)
        return (response, String(decoding: try await response.body.collect(upTo: 1 << 26), as: UTF8.self))
    }

    /// Waits until the counters are as they should be; they change on the loop, a moment after their cause.
    func settles(_ condition: (HTTPClientCounters) -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end, !Task.isCancelled {
            if condition(await counters) { return true }
            await Task.yield()
        }
        return false
    }
}

extension BlockingSocket {
    /// Answers a request of GET's kind.
    func answer(_ text: String = "ok") throws(Failure) {
        try readHead()
        try send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }
}

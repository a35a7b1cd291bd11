import HTTP
import Reactor
import Routing
import TestSupport
import Testing

/// A router behind a real socket.
enum Live {
    /// Serves `router`, runs `body` with a way to send requests, and drains.
    static func run(
        _ router: Router,
        _ change: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: (Sender) async throws -> Void
    ) async throws {
        var settings = HTTPServerSettings()
        settings.drainIdleTimeout = .milliseconds(20)
        settings.lingerTimeout = .milliseconds(200)
        change(&settings)
        router.configure(&settings)
        let group = try TestLoops.one
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: group,
            settings: settings,
            handler: router.respond
        )
        let client = HTTPClient(on: group)
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(Sender(client: client, destination: HTTPDestination(server.address)))
            )
        } catch {
            result = .failure(error)
        }
        await client.close()
        #expect(await server.drain() == .drained)
        try result.get()
    }

    /// Sends requests to the server.
    struct Sender: Sendable {
        let client: HTTPClient
        let destination: HTTPDestination

        func send(_ request: HTTPRequest) async throws -> Answer { try await Answer(open(request)) }

        func open(_ request: HTTPRequest) async throws -> HTTPResponse {
            var timeouts = HTTPTimeouts()
            (timeouts.attempt, timeouts.idle, timeouts.total) = (.seconds(20), .seconds(20), .seconds(30))
            return try await client.send(request, to: destination, timeouts: timeouts)
        }
    }
}

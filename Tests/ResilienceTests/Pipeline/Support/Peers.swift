import HTTP
import Reactor
import Synchronization

/// Servers on ports of their own that note what they are asked.
final class Peer: Sendable {
    private let heads: Mutex<[HTTPRequestHead]> = Mutex([])
    private let bound: Mutex<HTTPServer?> = Mutex(nil)

    /// Where it listens.
    var destination: HTTPDestination {
        HTTPDestination(bound.withLock { $0?.address } ?? .loopback(port: 1))
    }
    /// The requests so far.
    var requests: [HTTPRequestHead] { heads.withLock { $0 } }

    /// Runs `count` servers with the handler, which is told the server's number, and drains them behind `body`.
    static func run(
        _ count: Int = 1,
        handler: @escaping @Sendable (_ number: Int, _ request: HTTPRequest) async throws -> HTTPResponse,
        _ body: ([Peer]) async throws -> Void
    ) async throws {
        var peers: [Peer] = []
        do {
            for number in 0..<count { peers.append(try await start { try await handler(number, $0) }) }
            try await body(peers)
        } catch {
            for peer in peers { await peer.drain() }
            throw error
        }
        for peer in peers { await peer.drain() }
    }

    private static func start(_ handler: @escaping HTTPHandler) async throws -> Peer {
        let peer = Peer()
        var settings = HTTPServerSettings()
        settings.drainIdleTimeout = .milliseconds(10)
        settings.drainTimeout = .seconds(2)
        settings.requestTimeout = .seconds(60)
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: try CallFixture.loops,
            settings: settings
        ) { request in
            peer.heads.withLock { $0.append(request.head) }
            return try await handler(request)
        }
        peer.bound.withLock { $0 = server }
        return peer
    }

    private func drain() async { _ = await bound.withLock { $0 }?.drain() }
}

extension HTTPResponse {
    /// A short answer.
    static func text(
        _ status: HTTPStatus,
        _ text: String = "",
        fields: HTTPFields = HTTPFields()
    ) -> HTTPResponse {
        HTTPResponse(status, fields: fields, body: HTTPBody(text))
    }

    var text: String {
        get async throws { String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self) }
    }
}

/// Never returns by itself.
func hang() async throws -> HTTPResponse {
    try await CallFixture.loops.next().sleep(until: .distantFuture)
    return .text(.ok)
}

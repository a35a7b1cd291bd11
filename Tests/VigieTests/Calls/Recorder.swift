import HTTP
import Reactor
import Synchronization
import TestSupport

/// A server that keeps the fields of what it gets.
final class Recorder: Sendable {
    private let kept = Mutex<[HTTPFields]>([])

    /// The fields of the requests so far.
    var requests: [HTTPFields] { kept.withLock { $0 } }

    /// Serves with `answer` while `body` runs.
    func serve(
        answer: @escaping HTTPHandler = { _ in HTTPResponse(.ok) },
        _ body: (UInt16) async throws -> Void
    ) async throws {
        var settings = HTTPServerSettings()
        settings.drainIdleTimeout = .zero
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: try TestLoops.two,
            settings: settings
        ) { [self] request in
            kept.withLock { $0.append(request.head.fields) }
            return try await answer(request)
        }
        do { try await body(server.address.port ?? 0) } catch {
            _ = await server.drain()
            throw error
        }
        _ = await server.drain()
    }
}

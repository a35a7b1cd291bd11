import HTTP
import Reactor
import Synchronization
import TestSupport

/// An instance of a service in the test's own process: it answers with its name, and has a metric.
final class Backend: Sendable {
    let name: String
    private let bound: Mutex<HTTPServer?> = Mutex(nil)

    private init(_ name: String) { self.name = name }

    /// Runs those of the names while `body` does.
    static func run(_ names: String..., body: ([Backend]) async throws -> Void) async throws {
        var backends: [Backend] = []
        for name in names { backends.append(try await start(name)) }
        let result: Result<Void, any Error>
        do { result = .success(try await body(backends)) } catch { result = .failure(error) }
        for backend in backends { _ = await backend.bound.withLock { $0 }?.drain() }
        try result.get()
    }

    private static func start(_ name: String) async throws -> Backend {
        let backend = Backend(name)
        var settings = HTTPServerSettings()
        settings.drainIdleTimeout = .milliseconds(10)
        settings.drainTimeout = .milliseconds(100)
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: TestLoops.two,
            settings: settings
        ) { backend.answer($0) }
        backend.bound.withLock { $0 = server }
        return backend
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        if request.head.isPath("/metrics") {
            let text = "# TYPE backend_info gauge\nbackend_info{backend=\"\(name)\"} 1\n"
            return HTTPResponse(
                .ok,
                fields: ["content-type": "text/plain; version=0.0.4"],
                body: HTTPBody(text)
            )
        }
        return HTTPResponse(.ok, body: HTTPBody(name))
    }

    var port: UInt16 { bound.withLock { $0?.address.port } ?? 0 }
}

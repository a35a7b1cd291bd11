import HTTP
import Reactor
import Synchronization
import TestSupport

/// An instance of a service behind the gateway: answers as a test tells it, and remembers what it was asked.
final class Upstream: Sendable {
    /// What a test has it answer.
    typealias Answer = @Sendable (HTTPRequest) async throws -> HTTPResponse

    private struct State {
        var requests: [HTTPRequestHead] = []
        var answer: Answer
    }

    private let state: Mutex<State>
    private let server: Mutex<HTTPServer?> = Mutex(nil)

    /// Says who it is, unless a test wants something else.
    static let greeting: Answer = { _ in
        HTTPResponse(.ok, fields: ["x-from": "upstream"], body: HTTPBody("hello\n"))
    }

    private init(_ answer: @escaping Answer) { state = Mutex(State(answer: answer)) }

    /// Begins to listen on a port that the system chooses.
    static func start(_ answer: @escaping Answer = greeting) async throws -> Upstream {
        let upstream = Upstream(answer)
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.two) { request in
            let answer = upstream.state.withLock { state in
                state.requests.append(request.head)
                return state.answer
            }
            return try await answer(request)
        }
        upstream.server.withLock { $0 = server }
        return upstream
    }

    /// Where it listens, also when it does no more.
    var address: SocketAddress { server.withLock { $0?.address ?? .loopback(port: 0) } }

    /// Has it answer otherwise from now on.
    func answers(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    /// What it was asked, in order; health probes of the gateway are left out.
    var requests: [HTTPRequestHead] {
        state.withLock { $0.requests.filter { $0.path != "/health/ready" } }
    }

    /// Forgets what it was asked.
    func forget() { state.withLock { $0.requests = [] } }

    /// Listens no more.
    func stop() async { _ = await server.withLock { $0 }?.drain() }
}

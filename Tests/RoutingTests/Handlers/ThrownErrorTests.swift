import HTTP
import Routing
import Testing

/// What becomes of an error that a handler throws.
@Suite("thrown errors") struct ThrownErrorTests {
    struct Dependency: ProblemConvertible {
        let isAway: Bool
        var problem: ProblemDetails? {
            isAway ? ProblemDetails(503, reason: "away", fields: [.retryAfter: "1"]) : nil
        }
    }

    private static func router() throws -> Router {
        try Router.open {
            $0.traceID = { "0af7651916cd43dd8448eb211c80319c" }
        } routes: {
            Get("/fails/{away}") { (_, isAway: Bool) throws -> String in throw Dependency(isAway: isAway) }
        }
    }

    @Test("one with a problem is answered with it, and with the path and the trace")
    func answered() async throws {
        let answer = try await Self.router().send(.get, "/fails/true")
        #expect(answer.status == 503)
        #expect(answer.fields[.retryAfter] == "1")
        #expect(try answer.reason == "away")
        #expect(try answer.member("instance") == "/fails/true")
        #expect(try answer.member("traceId") == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test("one without is thrown on, for the server to report")
    func thrown() async throws {
        let router = try Self.router()
        await #expect(throws: Dependency.self) { try await router.send(.get, "/fails/false") }
    }
}

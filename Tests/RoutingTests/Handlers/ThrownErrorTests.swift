import HTTP
import Routing
import Telemetry
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
            Get("/fails/{away}") { (_, isAway: Bool) throws -> String in throw Dependency(isAway: isAway) }
        }
    }

    @Test("one with a problem is answered with it, and with the path and the trace")
    func answered() async throws {
        let tracer = Tracer(sink: InMemorySpanSink())
        let context = Context().with { $0.span = tracer.start("GET /fails/{away}", remoteParent: nil) }
        let answer = try await Context.with(context) { try await Self.router().send(.get, "/fails/true") }
        #expect(answer.status == 503)
        #expect(answer.fields[.retryAfter] == "1")
        #expect(try answer.reason == "away")
        #expect(try answer.member("instance") == "/fails/true")
        #expect(try answer.member("traceId") == "\(context.span.context.traceID)")
    }

    @Test("one without is thrown on, for the server to report")
    func thrown() async throws {
        let router = try Self.router()
        await #expect(throws: Dependency.self) { try await router.send(.get, "/fails/false") }
    }
}

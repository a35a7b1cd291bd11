import HTTP
import PostgresServer
import TestSupport
import Testing
import Vigie
import VigieTesting

@Suite("one trace", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct OneTraceTests {
    /// The last of the chain: it asks its database.
    private struct Leaf: Service {
        static let name: ServiceName = "leaf"
        private let database: PostgresPool

        init(_ setup: ServiceSetup) async throws { database = try await setup.postgres(migrations: []) }

        var routes: some Routes {
            Get("/hop", auth: .open) { _ in try await database.first(Int.self, "SELECT 7") }
        }
    }

    @Test("a call across three services and a statement is one trace with the right parents")
    func chain() async throws {
        let server = try TestServer.shared
        let url = server.url(try await server.database())
        try await TestService.run(Leaf.self, settings: ["database.url": url]) { leaf in
            try await Self.hop(to: leaf) { middle in
                try await Self.hop(to: middle) { front in
                    let answer = try await front.get("/hop")
                    #expect(answer.status == 200 && answer.text == "7")
                    try await eventually { front.span(named: "GET /hop") != nil }
                    var above: SpanData?
                    for service in [front, middle, leaf] {
                        try await eventually { service.span(named: "GET /hop") != nil }
                        let request = try #require(service.span(named: "GET /hop"))
                        #expect(request.parent == above?.context.spanID)
                        #expect(above == nil || request.context.traceID == above?.context.traceID)
                        above = service.children(of: request).first
                        #expect(above?.kind == .client)
                    }
                    #expect(above?.name == "SELECT" && above?.attributes[.dbSystemName] == "postgresql")
                }
            }
        }
    }

    private static func hop(
        to next: TestService,
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        try await TestService.run(Hop.self, settings: ["clients.peers": "next=\(next.address)"], body)
    }

    @Test("a repeated attempt is a span of its own that says which one it is, at another instance")
    func resent() async throws {
        let (bad, good) = (Recorder(), Recorder())
        try await bad.serve { _ in
            HTTPResponse(.serviceUnavailable)
        } _: { badPort in
            try await good.serve { goodPort in
                let peers = "next=127.0.0.1:\(badPort),next=127.0.0.1:\(goodPort)"
                try await TestService.run(Hop.self, settings: ["clients.peers": peers]) { hop in
                    // Either may be first; after some calls one of them began at the bad one.
                    for _ in 0..<20 {
                        let answer = try await hop.get("/hop")
                        #expect(answer.status == 200)
                    }
                    let resent = hop.spans.spans.filter { $0.attributes[.httpRequestResendCount] != nil }
                    #expect(
                        !resent.isEmpty && resent.allSatisfy { $0.attributes[.httpRequestResendCount] == 1 }
                    )
                    for span in resent {
                        let sent = good.requests.filter {
                            $0["traceparent"]?.contains("\(span.context.spanID)") == true
                        }
                        #expect(sent.count == 1)
                    }
                    #expect(hop.metric("resilience_retries_total") == Double(resent.count))
                }
            }
        }
        #expect(good.requests.count == 20)
    }
}

import HTTP
import Reactor
import Secrets
import TestSupport
import Testing
import VigieTesting

@testable import Gateway

@Suite("G9 G17: whom a limit counts, and until when", .timeLimit(.minutes(2))) struct LimitKeyTests {
    @Test("G9: a rate by route is shared by all, one by API key is a program's own and nobody else's")
    func keys() async throws {
        let (one, oneDigest) = try APIKey.make()
        let (two, twoDigest) = try APIKey.make()
        let document = """
            {"rates": {"shared": {"rate": "1/h", "burst": 2, "per": "route"},
                       "keyed": {"rate": "1/h", "burst": 1, "per": "api_key"}},
             "authentication": {"apiKeys": [
               {"id": "one", "sha256": "\(oneDigest)", "subject": "service:ci"},
               {"id": "two", "sha256": "\(twoDigest)", "subject": "service:ci"}]},
             "routes": [
              {"path": "/shared", "service": "echo", "rates": ["shared"]},
              {"path": "/keyed", "service": "echo", "rates": ["keyed"]}
            ]}
            """
        try await GatewayStage.run(document) { stage in
            let gateway = stage.gateway
            for (subject, status) in [("anna", 200), ("ben", 200), ("anna", 429), ("carl", 429)] {
                #expect(try await gateway.get("/shared", as: subject).status == status, "\(subject)")
            }
            for (key, status) in [(one, 200), (one, 429), (two, 200), (two, 429)] {
                let answer = try await gateway.send(.get, "/keyed", fields: ["x-api-key": key.reveal()])
                #expect(answer.status == status)
            }
            // A caller with a token has no API key: the zone does not apply, and says nothing.
            for _ in 0..<3 {
                let answer = try await gateway.get("/keyed", as: "anna")
                #expect(answer.status == 200 && !answer.fields.contains("ratelimit"))
            }
        }
    }

    @Test("G9: a request that one rate refuses costs nothing in the others")
    func allOrNone() async throws {
        let document = """
            {"rates": {"wide": {"rate": "1/h", "burst": 3}, "narrow": {"rate": "1/h", "burst": 1}},
             "routes": [
              {"path": "/both", "service": "echo", "auth": "open", "rates": ["wide", "narrow"]},
              {"path": "/wide", "service": "echo", "auth": "open", "rates": ["wide"]}
            ]}
            """
        try await GatewayStage.run(document) { stage in
            let targets = ["/both", "/both", "/both", "/wide", "/wide", "/wide"]
            for (target, status) in zip(targets, [200, 429, 429, 200, 200, 429]) {
                let answer = try await stage.gateway.get(target)
                #expect(answer.status == status, "\(target)")
            }
        }
    }

    @Test("G17: a place is taken until the last byte of the answer, and comes back when its client leaves")
    func places() async throws {
        let document = """
            {"routes": [{"id": "one", "path": "/one", "service": "echo", "auth": "open", "inFlight": 1}]}
            """
        try await GatewayStage.run(document) { stage in
            let gateway = stage.gateway
            let taken = { gateway.metric("gateway_in_flight", ["limit": "one"]) ?? -1 }
            for leavesEarly in [false, true] {
                let (pieces, more) = AsyncStream.makeStream(of: [UInt8].self)
                stage.allAnswer { _ in HTTPResponse(.ok, body: HTTPBody(pieces)) }
                more.yield(Array("first".utf8))
                // The answer's content is let go at the end of this: a client that wants no more of it.
                try await {
                    let response = try await gateway.client.send(
                        HTTPRequest(.get, "/one"),
                        to: HTTPDestination(gateway.address)
                    )
                    var content = response.body.makeAsyncIterator()
                    let first = try await content.next()
                    #expect(first == Array("first".utf8))
                    stage.allAnswer(Upstream.greeting)
                    let refused = try await gateway.get("/one")
                    #expect(refused.status == 503 && refused.reason == "overloaded")
                    #expect(taken() == 1)
                    guard !leavesEarly else { return }
                    more.finish()
                    let end = try await content.next()
                    #expect(end == nil)
                }()
                try await eventually("the place back, \(leavesEarly)") { taken() == 0 }
                more.finish()
                #expect(try await gateway.get("/one").status == 200)
            }
        }
    }
}

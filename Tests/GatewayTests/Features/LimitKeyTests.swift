import HTTP
import Secrets
import Testing
import VigieTesting

@testable import Gateway

@Suite("G9: whom a rate counts", .timeLimit(.minutes(2))) struct LimitKeyTests {
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
}

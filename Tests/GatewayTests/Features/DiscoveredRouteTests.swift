import Discovery
import HTTP
import TestSupport
import Testing
import VigieTesting

@Suite("G1 G2 G25 G29: routes and instances of a registry", .timeLimit(.minutes(2)))
struct DiscoveredRouteTests {
    private static let granting = #"{"services": {"echo": {"grants": ["/api/echo"]}}}"#

    @Test("G1: a service's routes are in force while it is replaced and gone, without a restart")
    func ofService() async throws {
        try await RegistryStage.run(Self.granting) { stage in
            let (first, second) = (try await Upstream.start(), try await Upstream.start())
            #expect(try await stage.status("/api/echo/1") == 404)
            let routes = #"{"routes": [{"path": "/api/echo/{id}", "auth": "open"}]}"#
            try await stage.register(first, "echo-1", routes: routes)
            try await eventually("its route") { try await stage.status("/api/echo/1") == 200 }
            // Two instances of three ask for other routes.
            let newer = #"{"routes": [{"path": "/api/echo/v2/{id}", "auth": "open"}]}"#
            try await stage.register(second, "echo-2", routes: newer)
            try await stage.register(second, "echo-3", routes: newer)
            try await eventually("the newer route") { try await stage.status("/api/echo/v2/1") == 200 }
            #expect(try await stage.status("/api/echo/1") == 404)
            // What lies outside of the grant is refused as a whole.
            let greedy = #"{"routes": [{"path": "/api/auth/{id}", "auth": "open"}]}"#
            for id in ["echo-1", "echo-2", "echo-3"] { try await stage.register(first, id, routes: greedy) }
            try await eventually("the refusal") {
                try await stage.gateway.admin(.get, "/admin/routes").text.contains(
                    "grants echo nothing above"
                )
            }
            #expect(try await stage.status("/api/auth/1") == 404)
            #expect(try await stage.status("/api/echo/v2/1") == 200)
            // G29: gone is not unknown.
            for id in ["echo-1", "echo-2", "echo-3"] {
                _ = try await stage.client.put("vigie/left/\(id)", [])
                #expect(try await stage.client.deregister(id))
            }
            try await eventually("nobody there") { try await stage.status("/api/echo/v2/1") == 503 }
            let answer = try await stage.gateway.get("/api/echo/v2/1")
            #expect(answer.reason == "no_instance" && answer.fields[.retryAfter] != nil)
            await first.stop()
            await second.stop()
        }
    }

    @Test("G25: canaries get their share, by tag")
    func canary() async throws {
        let document = """
            {"routes": [{"path": "/all", "service": "echo", "auth": "open", "canary": 0.1},
                        {"path": "/none", "service": "echo", "auth": "open", "canary": 0},
                        {"path": "/only", "service": "echo", "auth": "open", "tags": ["canary"]}]}
            """
        try await RegistryStage.run(document) { stage in
            let (stable, canary) = (try await Upstream.start(), try await Upstream.start())
            try await stage.register(stable, "echo-1")
            try await stage.register(canary, "echo-2", tags: ["canary"])
            for target in ["/all", "/none", "/only"] {
                try await eventually("instances for \(target)") { try await stage.status(target) == 200 }
            }
            for upstream in [stable, canary] { upstream.forget() }
            for _ in 0..<50 { _ = try await stage.status("/none") }
            #expect(stable.requests.count == 50 && canary.requests.isEmpty)
            for _ in 0..<50 { _ = try await stage.status("/only") }
            #expect(stable.requests.count == 50 && canary.requests.count == 50)
            await stable.stop()
            await canary.stop()
        }
    }

    @Test("G2: an operator's route is kept in the registry, for all gateways")
    func ofOperator() async throws {
        try await RegistryStage.run(#"{"routes": []}"#) { stage in
            let upstream = try await Upstream.start()
            try await stage.register(upstream, "echo-1")
            let route = #"{"path": "/mine", "service": "echo", "auth": "open"}"#
            let added = try await stage.gateway.admin(.put, "/admin/routes/mine", json: route)
            #expect(added.status == 201, "\(added.text)")
            try await eventually("the route") { try await stage.status("/mine") == 200 }
            let kept = try await stage.client.values(under: DiscoveryKeys.operatorRoutes).value
            #expect(kept.count == 1)
            // Another gateway takes it away.
            for pair in kept { #expect(try await stage.client.delete(pair.key)) }
            try await eventually("its end") { try await stage.status("/mine") == 404 }
            await upstream.stop()
        }
    }
}

import JSON
import Testing

@Suite("conformance 33-35: maintenance and aggregated health") struct MaintenanceTests {
    @Test("33: an instance in maintenance is not passing, says why, and comes back") func service()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web""#)
            let path = "/v1/agent/service/maintenance/web"
            #expect(try await registry.put("\(path)?enable=true&reason=broken+disk").isEmptySuccess)
            let check = try await registry.get("/v1/agent/checks").json["_service_maintenance:web"]
            #expect(check?["Status"]?.string == "critical" && check?["Notes"]?.string == "broken disk")
            #expect(try await registry.get("/v1/health/service/web?passing").list.isEmpty)
            #expect(try await registry.put("\(path)?enable=true").isEmptySuccess)
            #expect(try await registry.put("\(path)?enable=false").isEmptySuccess)
            #expect(try await registry.get("/v1/health/service/web?passing").list.count == 1)
            let refused = try await registry.put("\(path)?enable=maybe")
            #expect(refused.status == 400 && refused.text == "Invalid value for enable: \"maybe\"")
            let missing = try await registry.put(path)
            #expect(missing.status == 400 && missing.text == "Missing value for enable")
            #expect(try await registry.put("/v1/agent/service/maintenance/nope?enable=true").status == 404)
        }
    }

    @Test("34: a node in maintenance has no passing instance") func node() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web""#)
            try await registry.put("/v1/agent/maintenance?enable=true")
            #expect(try await registry.get("/v1/health/service/web?passing").list.isEmpty)
            try await registry.put("/v1/agent/maintenance?enable=false")
            #expect(try await registry.get("/v1/health/service/web?passing").list.count == 1)
        }
    }

    @Test(
        "35: health as a status",
        arguments: [("pass", 200, "passing"), ("warn", 429, "warning"), ("fail", 503, "critical")]
    )
    func aggregated(report: String, status: Int, word: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            try await registry.put("/v1/agent/check/\(report)/service:web")
            for path in ["/v1/agent/health/service/id/web", "/v1/agent/health/service/name/web"] {
                let answer = try await registry.get(path)
                #expect(answer.status == status)
                let health = try path.contains("/id/") ? answer.json : answer.list[0]
                #expect(health.keys == ["AggregatedStatus", "Checks", "Service"])
                #expect(health["AggregatedStatus"]?.string == word)
                let text = try await registry.get("\(path)?format=text")
                #expect(text.status == status && text.text == word)
            }
            #expect(try await registry.get("/v1/agent/health/service/id/nope").status == 404)
            let missing = try await registry.get("/v1/agent/health/service/name/nope")
            #expect(missing.status == 404)
            #expect(try missing.list.isEmpty)
        }
    }
}

import JSON
import Testing

@Suite("conformance 1-5: a fresh registry") struct FreshTests {
    @Test("1: the leader is told, and is one of the peers") func leader() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let leader = try #require(try await registry.get("/v1/status/leader").json.string)
            #expect(!leader.isEmpty)
            #expect(try await registry.get("/v1/status/peers").json.texts.contains(leader))
        }
    }

    @Test("2: agent/self has its seven keys, the datacenter and the leader") func whoAmI() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.get("/v1/agent/self").json
            #expect(answer.keys == ["Config", "Coord", "DebugConfig", "Member", "Meta", "Stats", "xDS"])
            #expect(answer["Config"]?["Datacenter"]?.string == "dc1")
            let leader = try await registry.get("/v1/status/leader").json.string
            #expect(answer["Stats"]?["consul"]?["leader_addr"]?.string == leader)
        }
    }

    @Test("3: Member of self is one of the members; all are alive; over WAN their names have the datacenter")
    func members() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let own = try #require(try await registry.get("/v1/agent/self").json["Member"])
            let members = try await registry.get("/v1/agent/members").list
            #expect(members.contains { $0["Name"] == own["Name"] && $0["Addr"] == own["Addr"] })
            #expect(members.allSatisfy { $0["Status"]?.integer == 1 })
            let far = try await registry.get("/v1/agent/members?wan=1").list
            #expect(!far.isEmpty && far.allSatisfy { $0["Name"]?.string?.hasSuffix(".dc1") == true })
        }
    }

    @Test("4: no services, no checks, and consul in the catalogue") func empty() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/v1/agent/services").json == [:])
            #expect(try await registry.get("/v1/agent/checks").json == [:])
            #expect(try await registry.get("/v1/catalog/services").json == ["consul": []])
        }
    }

    @Test("5: exactly one check, serfHealth, passing") func serf() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let checks = try await registry.get("/v1/health/state/any").list
            #expect(checks.count == 1)
            #expect(checks.first?["CheckID"]?.string == "serfHealth")
            #expect(checks.first?["Status"]?.string == "passing")
            #expect(checks.first?["ServiceID"]?.string == "")
        }
    }
}

import JSON
import Reactor
import Testing

@Suite("conformance 64-72: locks and sessions") struct SessionTests {
    private func create(_ registry: RegistryClient, _ body: String = "") async throws -> String {
        try #require(try await registry.put("/v1/session/create", body).json["ID"]?.string)
    }

    private func pair(_ key: String, _ registry: RegistryClient) async throws -> JSONValue {
        try #require(try await registry.get("/v1/kv/\(key)").list.first)
    }

    @Test("64, 65: a lock has one holder") func locks() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let (one, two) = (try await create(registry), try await create(registry))
            #expect(try await registry.put("/v1/kv/l?acquire=\(one)", "1").text == "true")
            #expect(try await registry.put("/v1/kv/l?acquire=\(two)", "2").text == "false")
            #expect(try await registry.put("/v1/kv/l?acquire=\(one)", "3").text == "true")
            #expect(try await pair("l", registry)["LockIndex"]?.integer == 1)
            let unknown = try await registry.put("/v1/kv/l?acquire=nope", "4")
            #expect(unknown.status == 500 && unknown.text.hasPrefix("invalid session"))
            #expect(try await registry.put("/v1/kv/l", "5").text == "true")
            let plain = try await pair("l", registry)
            #expect(plain["Session"]?.string == one && plain["LockIndex"]?.integer == 1)
            #expect(try await registry.put("/v1/kv/l?release=\(two)", "6").text == "false")
            #expect(try await registry.put("/v1/kv/l?release=nope", "6").text == "false")
            #expect(try await registry.put("/v1/kv/l?release=\(one)", "7").text == "true")
            let released = try await pair("l", registry)
            #expect(released["Session"] == nil && released["LockIndex"]?.integer == 1)
            #expect(try await registry.put("/v1/kv/l?acquire=\(two)", "8").text == "true")
            #expect(try await pair("l", registry)["LockIndex"]?.integer == 2)
        }
    }

    @Test(
        "66: TTLs",
        arguments: [("9s", 500), ("25h", 500), ("x", 500), ("10s", 200), ("15.0s", 200), ("", 200)]
    )
    func ttls(ttl: String, status: Int) async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.put("/v1/session/create", #"{"ttl":"\#(ttl)"}"#)
            #expect(answer.status == status)
            if status == 500 { #expect(answer.text.hasPrefix("Invalid Session TTL")) }
            guard let id = status == 200 ? try answer.json["ID"]?.string : nil else { return }
            #expect(try await registry.get("/v1/session/info/\(id)").list.first?["TTL"]?.string == ttl)
            #expect(try await registry.put("/v1/session/renew/\(id)").list.count == 1)
        }
    }

    @Test("67: renewing what is not there is 404") func renewUnknown() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.put("/v1/session/renew/nope")
            #expect(answer.status == 404 && answer.text == "Session id 'nope' not found")
        }
    }

    @Test("68: with their session keys go, or are released") func behavior() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let (delete, release) = (
                try await create(registry, #"{"Behavior":"delete"}"#),
                try await create(registry, #"{"behavior":"release"}"#)
            )
            try await registry.put("/v1/kv/d?acquire=\(delete)", "x")
            try await registry.put("/v1/kv/r?acquire=\(release)", "x")
            let index = try await registry.get("/v1/kv/d").index
            async let blocked = registry.get("/v1/kv/d?index=\(index)&wait=60s")
            try await registry.untilWaiting(1)
            try await registry.put("/v1/session/destroy/\(delete)")
            #expect(try await blocked.status == 404)
            try await registry.put("/v1/session/destroy/\(release)")
            #expect(try await pair("r", registry)["Session"] == nil)
            #expect(try await registry.put("/v1/session/create", #"{"Behavior":"x"}"#).status == 500)
        }
    }

    @Test("69: the lock-delay holds others off behind an end, and not behind a release") func lockDelay()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            let (one, two) = (try await create(registry, #"{"LockDelay":"60s"}"#), try await create(registry))
            try await registry.put("/v1/kv/l?acquire=\(one)", "x")
            try await registry.put("/v1/kv/m?acquire=\(one)", "x")
            try await registry.put("/v1/kv/m?release=\(one)", "x")
            try await registry.put("/v1/session/destroy/\(one)")
            #expect(try await registry.put("/v1/kv/l?acquire=\(two)", "y").text == "false")
            #expect(try await registry.put("/v1/kv/m?acquire=\(two)", "y").text == "true")
        }
    }

    @Test("69: behind the lock-delay others get the lock") func lockDelayEnds() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let (one, two) = (
                try await create(registry, #"{"LockDelay":"300ms"}"#), try await create(registry)
            )
            try await registry.put("/v1/kv/l?acquire=\(one)", "x")
            let start = MonotonicInstant.now
            try await registry.put("/v1/session/destroy/\(one)")
            var refusals = 0
            while try await registry.put("/v1/kv/l?acquire=\(two)", "y").text == "false" { refusals += 1 }
            #expect(refusals > 0 && MonotonicInstant.now - start >= .milliseconds(300))
        }
    }

    @Test("70: sessions and checks") func checks() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.put("/v1/agent/check/register", #"{"Name":"disk","TTL":"60s"}"#)
            let free = try await create(registry, #"{"checks":[]}"#)
            let found = try #require(try await registry.get("/v1/session/info/\(free)").list.first)
            #expect(found["NodeChecks"] == [] || found["NodeChecks"] == .null)
            #expect(found["ServiceChecks"] == .null)
            #expect(try await registry.put("/v1/session/create", #"{"NodeChecks":["disk"]}"#).status == 500)
            #expect(try await registry.put("/v1/session/create", #"{"NodeChecks":["nope"]}"#).status == 500)
            try await registry.put("/v1/agent/check/pass/disk")
            let bound = try await create(registry, #"{"NodeChecks":["serfHealth","disk"]}"#)
            let index = try await registry.get("/v1/session/info/\(bound)").index
            try await registry.put("/v1/agent/check/fail/disk")
            let after = try await registry.get("/v1/session/info/\(bound)?index=\(index)&wait=60s")
            #expect(try after.list.isEmpty)
        }
    }

    @Test(
        "71: lock-delays as numbers and texts",
        arguments: [("5", "5000000000"), (#""0.001s""#, "1000000"), ("2000000000", "2000000000")]
    )
    func lockDelayForms(given: String, told: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            let id = try await create(registry, #"{"LockDelay":\#(given)}"#)
            let found = try await registry.get("/v1/session/info/\(id)").list.first
            #expect(found?["LockDelay"]?.number?.description == told)
        }
    }

    @Test("72: unknown sessions, and a list that wakes") func list() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/v1/session/info/unknown").text == "[]")
            #expect(try await registry.put("/v1/session/destroy/unknown").text == "true")
            let before = try await registry.get("/v1/session/list")
            async let blocked = registry.get("/v1/session/list?index=\(before.index)&wait=60s")
            try await registry.untilWaiting(1)
            let id = try await create(registry)
            #expect(try await blocked.list.map { $0["ID"]?.string } == [id])
            let node = try #require(try await blocked.list.first?["Node"]?.string)
            #expect(try await registry.get("/v1/session/node/\(node)").list.count == 1)
        }
    }
}

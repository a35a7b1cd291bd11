import HTTP
import JSON
import Reactor
import Resilience
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Discovery

@Suite("Consul's client") struct ConsulClientTests {
    static let calls: [(String, @Sendable (ConsulClient) async throws -> Void)] = [
        ("GET /v1/agent/self", { _ = try await $0.agentSelf() }),
        ("PUT /v1/agent/service/deregister/a%2Fb%20c%23d", { _ = try await $0.deregister("a/b c#d") }),
        ("GET /v1/agent/service/%C3%BC", { _ = try await $0.agentService("ü") }),
        ("PUT /v1/agent/check/update/service%3Aa", { try await $0.updateCheck("service:a", .passing) }),
        (
            "GET /v1/health/service/app%23127.0.0.1?dc=east",
            { _ = try await $0.healthService("app#127.0.0.1") }
        ),
        (
            "GET /v1/health/service/web?dc=east&index=18446744073709551615&wait=55000ms",
            { _ = try await $0.healthService("web", ConsulPoll(index: .max, wait: .seconds(55))) }
        ),
        ("GET /v1/catalog/services?dc=east", { _ = try await $0.catalogServices() }),
        ("GET /v1/kv/a/b%3Fc?dc=east", { _ = try await $0.value(of: "a/b?c") }),
        ("GET /v1/kv/a/?recurse&dc=east", { _ = try await $0.values(under: "a/") }),
        ("GET /v1/kv/a/?keys&dc=east", { _ = try await $0.keys(under: "a/") }),
        ("PUT /v1/kv/k?dc=east", { _ = try await $0.put("k", [1]) }),
        ("PUT /v1/kv/k?cas=0&dc=east", { _ = try await $0.put("k", [], when: .modified(at: 0)) }),
        ("PUT /v1/kv/k?acquire=s&dc=east", { _ = try await $0.put("k", [], when: .acquiring(session: "s")) }),
        ("PUT /v1/kv/k?release=s&dc=east", { _ = try await $0.put("k", [], when: .releasing(session: "s")) }),
        ("DELETE /v1/kv/k?dc=east", { _ = try await $0.delete("k") }),
        ("DELETE /v1/kv/k?cas=7&dc=east", { _ = try await $0.delete("k", modified: 7) }),
        ("DELETE /v1/kv/k/?recurse&dc=east", { try await $0.delete(under: "k/") }),
        ("PUT /v1/session/renew/s?dc=east", { _ = try await $0.renewSession("s") }),
        ("PUT /v1/session/destroy/s?dc=east", { try await $0.destroySession("s") }),
    ]

    @Test("each call asks for its path, percent-encoded, in its datacenter", arguments: calls)
    func targets(target: String, call: @Sendable (ConsulClient) async throws -> Void) async throws {
        try await TestConsul.run { consul in
            let client = try consul.client {
                $0.datacenter = "east"
                $0.token = Secret("tok")
                $0.authentication = Secret("u:p")
            }
            // What it answers does not matter here, only that it does so at once.
            consul.misbehave(with: .ok)
            try? await call(client)
            #expect(consul.requests == [target])
            let fields = try #require(consul.requestHeads.first).fields
            #expect(fields["x-consul-token"] == "tok")
            #expect(fields["authorization"] == "Basic dTpw")
        }
    }

    @Test("keys: a value comes back, conditions hold, what is missing is nil")
    func keyValue() async throws {
        try await TestConsul.run { consul in
            let client = try consul.client()
            let bytes = (0...255).map { UInt8($0) }
            #expect(try await client.value(of: "a").value == nil)
            #expect(try await client.put("a", bytes, when: .modified(at: 0)))
            #expect(try await !client.put("a", bytes, when: .modified(at: 0)))
            let pair = try #require(try await client.value(of: "a").value)
            #expect(pair.value == bytes && pair.session == nil)
            #expect(try await client.put("ab", []))
            #expect(try await client.keys(under: "a").value == ["a", "ab"])
            #expect(try await client.values(under: "a").value.map(\.value) == [bytes, []])
            #expect(try await !client.delete("a", modified: pair.modifyIndex + 9))
            #expect(try await client.delete("a", modified: pair.modifyIndex))
            try await client.delete(under: "a")
            #expect(try await client.values(under: "a").value.isEmpty)
        }
    }

    @Test("sessions hold keys, and end")
    func sessions() async throws {
        try await TestConsul.run { consul in
            let client = try consul.client()
            let definition = SessionDefinition("n", timeToLive: .seconds(15), behavior: .delete)
            let (one, two) = (
                try await client.createSession(definition), try await client.createSession(definition)
            )
            #expect(try await client.put("k", [], when: .acquiring(session: one)))
            #expect(try await !client.put("k", [], when: .acquiring(session: two)))
            #expect(try await client.value(of: "k").value?.session == one)
            #expect(try await client.renewSession(one))
            try await client.destroySession(one)
            #expect(try await !client.renewSession(one))
            #expect(try await client.value(of: "k").value == nil)
            let error = try await Self.error { try await client.put("k", [], when: .acquiring(session: one)) }
            #expect(error.isRefusal(.internalServerError))
            #expect(error.detail.hasPrefix("invalid session"))
        }
    }

    @Test("an instance with all its parts; keys that are not known are passed over")
    func instances() async throws {
        try await TestConsul.run { consul in
            consul.state.withLock {
                $0.put("web", "w1", port: 8081, tags: ["a"], meta: ["zone": "z"])
                $0.put("web", "w2", port: 8082, status: "warning")
                $0.put("web", "w3", port: 8083, status: "odd")
                $0.put("web", "w4", port: 8084, check: "_service_maintenance:w4")
                $0.put("web", "w5", port: 0)
                $0.put("web", "w6", port: 8086, check: "_node_maintenance")
            }
            let found = try await consul.client().healthService("web")
            #expect(found.index == 16)
            let instances = found.value.compactMap { DiscoveredInstance($0) }
            #expect(instances.map(\.id) == ["w1", "w2", "w3", "w4", "w6"])
            #expect(instances.map(\.status) == [.passing, .warning, .critical, .maintenance, .maintenance])
            #expect(instances[0].tags == ["a"] && instances[0].zone == "z" && instances[0].port == 8081)
            #expect(try await consul.client().catalogServices().value["web"] == ["a", "b"])
            #expect(try await consul.client().agentSelf().config.datacenter == "dc1")
        }
    }

    private static func error(_ body: () async throws -> some Sendable) async throws -> ConsulError {
        do {
            _ = try await body()
        } catch let error as ConsulError {
            return error
        }
        throw NoError()
    }
    private struct NoError: Error {}

    @Test("Consul's own words are in the error, on one line, short, and without the token")
    func words() async throws {
        try await TestConsul.run { consul in
            let client = try consul.client { $0.token = Secret("s3cr3t-t0ken") }
            let text = "Permission denied:\n token s3cr3t-t0ken lacks " + String(repeating: "x", count: 2000)
            consul.misbehave(with: .forbidden, text)
            let error = try await Self.error { try await client.healthService("web") }
            #expect(error.code == .refused(.forbidden))
            #expect(error.operation == "GET /v1/health/service/web")
            #expect(
                error.detail.hasPrefix("Permission denied: token *** lacks x") && error.detail.count == 512
            )
            #expect(!"\(error)".contains("s3cr3t"))
        }
    }

    static let unusable: [(String, String)] = [
        ("", "empty"), ("null", "null"), ("{}", "object"), ("[", "cut"), ("[{}]", "no node"),
        (#"[{"Node":{"Node":"n","Address":"a"},"Service":{"ID":1,"Service":"x"}}]"#, "wrong type"),
        ("<html>proxy</html>", "not JSON"),
    ]

    @Test("an answer that is none is told from no answer", arguments: unusable)
    func refusesUnusable(text: String, name: String) async throws {
        try await TestConsul.run { consul in
            consul.misbehave(with: .ok, text)
            let client = try consul.client()
            let error = try await Self.error { try await client.healthService("web") }
            #expect(error.code == .unusableAnswer, "\(name)")
        }
    }

    @Test("an answer that is cut, too large, or never comes")
    func broken() async throws {
        try await TestConsul.run { consul in
            let client = try consul.client()
            consul.misbehave { _ in .cut }
            let cut = try await Self.error { try await client.healthService("web") }
            #expect(cut.code == .noAnswer(.reset) || cut.code == .noAnswer(.broken))

            let large = HTTPBody([UInt8](repeating: 32, count: ConsulClient.answerByteLimit + 1))
            consul.misbehave { _ in .answer(HTTPResponse(.ok, body: large)) }
            #expect(try await Self.error { try await client.healthService("web") }.code == .unusableAnswer)

            consul.misbehave { _ in .hang }
            let poll = ConsulPoll(index: 1, wait: .seconds(55))
            let waiting = Task { try await Self.error { try await client.healthService("web", poll) } }
            waiting.cancel()
            #expect(try await waiting.value.isCancellation)
        }
    }

    @Test("nobody there")
    func nobody() async throws {
        var settings = ConsulSettings()
        settings.address = ConsulAddress(HTTPDestination(.loopback(port: try LoopbackPort.free(1)[0])))
        let client = ConsulClient(settings, over: HTTPClient(on: try TestLoops.two))
        #expect(try await Self.error { try await client.agentSelf() }.code == .noAnswer(.notConnected))
    }

    @Test("a change wakes a read that waits for it")
    func poll() async throws {
        try await TestConsul.run { consul in
            let client = try consul.client()
            consul.state.withLock { $0.put("web", "a") }
            let index = try #require(try await client.healthService("web").index)
            async let next = client.healthService("web", ConsulPoll(index: index, wait: .seconds(55)))
            while consul.requests.count < 2 { await Task.yield() }
            consul.state.withLock { $0.put("web", "b") }
            let found = try await next
            #expect(found.value.count == 2 && found.index == index + 1)
        }
    }

    @Test("what is registered has the check of the defaults")
    func register() async throws {
        try await TestConsul.run { consul in
            var instance = InstanceDescription(id: "web-h-1", service: "web", host: "::1", port: 81)
            instance.version = "1.2"
            instance.zone = "z"
            instance.tags = ["a"]
            try await consul.client().register(instance.definition)
            let body = try #require(consul.state.withLock { $0.registered["web-h-1"] })
            #expect(body["Address"]?.string == "::1" && body["Port"]?.number?.int64 == 81)
            #expect(body["Meta"]?["version"]?.string == "1.2" && body["Meta"]?["zone"]?.string == "z")
            #expect(body["Meta"]?["metrics_port"]?.string == "81")
            let check = try #require(body["Check"])
            #expect(check["HTTP"]?.string == "http://[::1]:81/health/ready")
            #expect(check["Interval"]?.string == "5000ms" && check["Timeout"]?.string == "2000ms")
            #expect(check["DeregisterCriticalServiceAfter"]?.string == "90000ms")
            #expect(check["Status"]?.string == "passing" && check["TTL"] == nil)
        }
    }
}

import FoundationEssentials
import HTTP
import JSON
import Secrets
import Telemetry
import TestSupport
import Testing

@Suite("conformance 73-77, token, targets, page") struct OtherTests {
    @Test("73: a transaction happens whole or not at all") func transactions() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let value = Data("hello".utf8).base64EncodedString()
            let good = try await registry.put(
                "/v1/txn",
                #"[{"KV":{"Verb":"set","Key":"t","Value":"\#(value)"},"Node":null},{"KV":{"Verb":"get","Key":"t"}}]"#
            )
            #expect(good.status == 200)
            #expect(try good.json["Errors"] == .null)
            #expect(try good.json["Results"]?[0]?["KV"]?["Value"] == .null)
            #expect(try good.json["Results"]?[1]?["KV"]?["Value"]?.string == value)
            let index = try await registry.get("/v1/kv/t").index
            let bad = try await registry.put(
                "/v1/txn",
                #"[{"KV":{"Verb":"set","Key":"u","Value":""}},{"KV":{"Verb":"check-index","Key":"t","Index":1}}]"#
            )
            #expect(bad.status == 409)
            #expect(try bad.json["Results"] == .null)
            #expect(try bad.json["Errors"]?[0]?["OpIndex"]?.integer == 1)
            #expect(try await registry.get("/v1/kv/u").status == 404)
            #expect(try await registry.get("/v1/kv/t").index == index)
        }
    }

    @Test("74: events") func events() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let fired = try await registry.put("/v1/event/fire/x?service=web", "hi").json
            #expect(fired["Payload"]?.string == "aGk=" && fired["ServiceFilter"]?.string == "web")
            let list = try await registry.get("/v1/event/list?name=x")
            #expect(try list.list.last?["ID"] == fired["ID"])
            let other = try await registry.get("/v1/event/list?name=other")
            #expect(try other.list.isEmpty && other.index >= 1)
            async let blocked = registry.get("/v1/event/list?name=x&index=\(list.index)&wait=60s")
            try await registry.untilWaiting(1)
            let second = try await registry.put("/v1/event/fire/x").json
            #expect(try await blocked.list.last?["ID"] == second["ID"])
        }
    }

    @Test("75: pretty is indented by four", .enabled(if: RegistryFixture.isEmbedded)) func pretty()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/v1/catalog/datacenters").text == #"["dc1"]"#)
            #expect(try await registry.get("/v1/catalog/datacenters?pretty").text == "[\n    \"dc1\"\n]\n")
        }
    }

    @Test("76: a token is taken from three places and told nowhere", .enabled(if: RegistryFixture.isEmbedded))
    func tokens() async throws {
        let logs = InMemoryLogSink()
        try await RegistryFixture.run(token: "topsecret", logs: logs) { (registry) async throws in
            let refused = try await registry.get("/v1/agent/services")
            #expect(refused.status == 403 && refused.text.hasPrefix("Permission denied"))
            #expect(refused.fields["x-consul-default-acl-policy"] == "deny")
            #expect(try await registry.get("/v1/agent/services?token=topsecre").status == 403)
            #expect(try await registry.get("/v1/agent/services?token=topsecret").status == 200)
            #expect(
                try await registry.get("/v1/agent/services", ["x-consul-token": "topsecret"]).status == 200
            )
            #expect(
                try await registry.get("/v1/agent/services", ["authorization": "bearer topsecret"]).status
                    == 200
            )
            #expect(try await registry.get("/health").status == 200)
        }
        #expect(logs.lines.count >= 5)
        #expect(!logs.lines.contains { $0.contains("topsecret") })
    }

    @Test("76: any token does while none is asked for") func anyToken() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/v1/agent/services?token=x").status == 200)
        }
    }

    @Test("77: gzip is sent to who asks, and holds the same") func gzip() async throws {
        try await RegistryFixture.run { (registry) async throws in
            for number in 0..<20 { try await registry.register(#""ID":"\#(number)","Name":"web""#) }
            let plain = try await registry.get("/v1/health/service/web")
            #expect(plain.fields["content-encoding"] == nil)
            let packed = try await registry.get("/v1/health/service/web", ["accept-encoding": "gzip"])
            #expect(packed.fields["content-encoding"] == "gzip")
            #expect(packed.bytes.count < plain.bytes.count)
            #expect(try await Program.succeed("gzip", ["-dc"], input: packed.bytes) == plain.bytes)
        }
    }

    @Test("targets for Prometheus are the passing instances", .enabled(if: RegistryFixture.isEmbedded))
    func targets() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(
                #""ID":"1","Name":"web","Address":"10.0.0.1","Port":80,"Tags":["a"],"Meta":{"v-1":"x"}"#
            )
            try await registry.register(
                #""ID":"2","Name":"web","Address":"::1","Port":80,"Meta":{"metrics_port":"9"}"#
            )
            try await registry.register(#""ID":"3","Name":"web","Check":{"TTL":"60s"}"#)
            let groups = try await registry.get("/prometheus/targets").list
            #expect(groups.compactMap { $0["targets"]?[0]?.string } == ["10.0.0.1:80", "[::1]:9"])
            #expect(groups[0]["labels"]?["__meta_consul_service_metadata_v_1"]?.string == "x")
            #expect(groups[0]["labels"]?["__meta_consul_tags"]?.string == ",a,")
            // What rules for Consul's own discovery join to an address.
            let second = groups[1]["labels"]
            #expect(second?["__meta_consul_address"]?.string == "127.0.0.1")
            #expect(second?["__meta_consul_service_address"]?.string == "::1")
            #expect(second?["__meta_consul_service_port"]?.string == "80")
            #expect(second?["__meta_consul_metadata_consul_version"]?.string?.isEmpty == false)
            #expect(second?["__meta_consul_metadata_consul_network_segment"] == nil)
        }
    }

    @Test("with ?all the targets that do not pass are told, too", .enabled(if: RegistryFixture.isEmbedded))
    func allTargets() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""ID":"1","Name":"web","Check":{"TTL":"60s","Status":"critical"}"#)
            try await registry.register(#""ID":"2","Name":"web","Check":{"TTL":"60s","Status":"warning"}"#)
            try await registry.register(#""ID":"3","Name":"web""#)
            try await registry.register(#""ID":"4","Name":"web""#)
            _ = try await registry.put("/v1/agent/service/maintenance/4?enable=true")
            let groups = try await registry.get("/prometheus/targets?all").list
            let health = groups.map { $0["labels"]?["__meta_consul_health"]?.string }
            #expect(health == ["critical", "warning", "passing", "maintenance"])
            let passing = try await registry.get("/prometheus/targets").list
            #expect(passing.map { $0["labels"]?["instance"]?.string } == ["3"])
        }
    }

    @Test("a process under two names is scraped once", .enabled(if: RegistryFixture.isEmbedded))
    func aliases() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""ID":"a1","Name":"auth","Address":"10.0.0.1","Port":80"#)
            try await registry.register(
                #""ID":"u1","Name":"user","Address":"10.0.0.1","Port":80,"Meta":{"alias_of":"auth"}"#
            )
            let groups = try await registry.get("/prometheus/targets").list
            #expect(groups.map { $0["labels"]?["service"]?.string } == ["auth"])
        }
    }

    static let collidingMeta: [(meta: String, label: String, value: String)] = [
        (#""a-b":"dash","a_b":"underscore""#, "a_b", "underscore"),
        (#""a_b":"underscore","a-b":"dash""#, "a_b", "underscore"),
        (#""a-b":"dash","a_b":"""#, "a_b", "dash"),
        (#""a-b_c":"1","a_b-c":"2""#, "a_b_c", "2"),
    ]

    @Test(
        "of meta keys that make one label the last in their order is told, once",
        .enabled(if: RegistryFixture.isEmbedded),
        arguments: collidingMeta
    )
    func collidingLabels(meta: String, label: String, value: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Address":"10.0.0.1","Port":80,"Meta":{\#(meta)}"#)
            // A name that stood there twice would not be read.
            let group = try #require(try await registry.get("/prometheus/targets").list.first)
            #expect(group["labels"]?["__meta_consul_service_metadata_\(label)"]?.string == value)
        }
    }

    @Test("the page comes without anything from elsewhere", .enabled(if: RegistryFixture.isEmbedded))
    func page() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/").status == 301)
            let page = try await registry.get("/ui/")
            #expect(page.status == 200 && page.text.contains("<title>Vigie registry</title>"))
            #expect(!page.text.contains("http://") && !page.text.contains("https://"))
            #expect(page.fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        }
    }

    @Test("the hash of an instance is waited on") func contentHash() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web""#)
            let before = try await registry.get("/v1/agent/service/web")
            let hash = try #require(before.fields["x-consul-contenthash"])
            #expect(try before.json["ContentHash"]?.string == hash)
            async let blocked = registry.get("/v1/agent/service/web?hash=\(hash)&wait=60s")
            try await registry.untilWaiting(1)
            try await registry.register(#""Name":"web","Port":81"#)
            #expect(try await blocked.json["Port"]?.integer == 81)
            let unknown = try await registry.get("/v1/agent/service/nope")
            #expect(unknown.status == 404 && unknown.text == "unknown service ID: nope")
        }
    }
}

import HTTP
import JSON
import Testing

@Suite("conformance 36-47: catalogue and health") struct CatalogTests {
    @Test("36: health/service has node, service and checks; an unknown name has an index") func health()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            let entry = try #require(try await registry.get("/v1/health/service/web").list.first)
            #expect(entry.keys == ["Checks", "Node", "Service"])
            #expect(
                entry["Checks"]?.elements.compactMap { $0["CheckID"]?.string } == [
                    "serfHealth", "service:web",
                ]
            )
            let unknown = try await registry.get("/v1/health/service/none")
            #expect(try unknown.status == 200 && unknown.list.isEmpty && unknown.index >= 1)
        }
    }

    @Test(
        "37: passing",
        arguments: [("passing", 1), ("passing=1", 1), ("passing=true", 1), ("passing=false", 3)]
    )
    func passing(parameter: String, count: Int) async throws {
        try await RegistryFixture.run { (registry) async throws in
            for status in ["passing", "warning", "critical"] {
                try await registry.register(
                    #""ID":"\#(status)","Name":"web","Check":{"TTL":"60s","Status":"\#(status)"}"#
                )
            }
            #expect(try await registry.get("/v1/health/service/web?\(parameter)").list.count == count)
            let refused = try await registry.get("/v1/health/service/web?passing=x")
            #expect(refused.status == 400 && refused.text.hasPrefix("Invalid value for ?passing"))
        }
    }

    @Test("38: all tags that are asked for must be there") func tags() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""ID":"1","Name":"web","Tags":["a","b"]"#)
            try await registry.register(#""ID":"2","Name":"web","Tags":["a"]"#)
            for path in ["/v1/health/service/web", "/v1/catalog/service/web"] {
                #expect(try await registry.get("\(path)?tag=a&tag=b").list.count == 1)
                #expect(try await registry.get("\(path)?tag=a").list.count == 2)
                #expect(try await registry.get("\(path)?tag=none").list.isEmpty)
            }
            #expect(try await registry.get("/v1/catalog/services").json["web"]?.texts.sorted() == ["a", "b"])
        }
    }

    @Test("39: rows have the node's address and the service's, by node and ID") func rows() async throws {
        try await RegistryFixture.run { (registry) async throws in
            for id in ["b", "a"] {
                try await registry.register(#""ID":"\#(id)","Name":"web","Address":"10.0.0.9""#)
            }
            try await registry.put(
                "/v1/catalog/register",
                #"{"Node":"aaa","Address":"10.1.1.1","Service":{"ID":"z","Service":"web"}}"#
            )
            let rows = try await registry.get("/v1/catalog/service/web").list
            #expect(rows.map { $0["ServiceID"]?.string } == ["z", "a", "b"])
            #expect(rows[0]["Address"]?.string == "10.1.1.1" && rows[0]["ServiceAddress"]?.string == "")
            #expect(rows[1]["ServiceAddress"]?.string == "10.0.0.9")
            #expect(rows[1]["Address"]?.string != "10.0.0.9")
        }
    }

    @Test("40: unknown nodes") func unknownNode() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let node = try await registry.get("/v1/catalog/node/none")
            #expect(node.status == 200 && node.text == "null" && node.index >= 1)
            let health = try await registry.get("/v1/health/node/none")
            #expect(health.status == 200 && health.text == "[]" && health.index >= 1)
        }
    }

    private static let external =
        #"{"Node":"ext","Address":"10.1.1.1","NodeMeta":{"zone":"a","kind":"db"},"#
        + #""Service":{"ID":"pg1","Service":"pg","Port":5432,"Meta":{"v":"1"}},"#
        + #""Check":{"CheckID":"pg-up","Name":"up","Status":"passing","ServiceID":"pg1"}}"#

    @Test("41: a node from outside is all over the catalogue") func external() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.put("/v1/catalog/register", Self.external).text == "true")
            #expect(try await registry.get("/v1/catalog/nodes").list.contains { $0["Node"]?.string == "ext" })
            #expect(try await registry.get("/v1/catalog/services").json["pg"] == [])
            #expect(try await registry.get("/v1/catalog/service/pg").list.count == 1)
            let entry = try #require(try await registry.get("/v1/health/service/pg").list.first)
            #expect(entry["Checks"]?.elements.compactMap { $0["CheckID"]?.string } == ["pg-up"])
            let node = try await registry.get("/v1/catalog/node/ext").json
            #expect(node["Services"]?.keys == ["pg1"])
            #expect(
                try await registry.get("/v1/catalog/node-services/ext").json["Services"]?.elements.count == 1
            )
            #expect(try await registry.get("/v1/agent/services").json == [:])
        }
    }

    @Test("42: deregistering removes exactly that, and again") func deregister() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.put("/v1/catalog/register", Self.external)
            func remove(_ members: String) async throws {
                for _ in 0..<2 {
                    let answer = try await registry.put(
                        "/v1/catalog/deregister",
                        #"{"Node":"ext"\#(members)}"#
                    )
                    #expect(answer.text == "true")
                }
            }
            try await remove(#","CheckID":"pg-up""#)
            #expect(try await registry.get("/v1/health/node/ext").list.isEmpty)
            #expect(try await registry.get("/v1/catalog/service/pg").list.count == 1)
            try await remove(#","ServiceID":"pg1""#)
            #expect(try await registry.get("/v1/catalog/service/pg").list.isEmpty)
            #expect(try await registry.get("/v1/catalog/node/ext").text != "null")
            try await remove("")
            #expect(try await registry.get("/v1/catalog/node/ext").text == "null")
        }
    }

    @Test("43: what the catalogue refuses is 500") func refusals() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let bodies = [
                #"{"Address":"1.1.1.1"}"#, #"{"Node":"n"}"#, #"{"Node":"n","Address":"1.1.1.1","ID":"x"}"#,
                #"{"Node":"n","Address":"1.1.1.1","Datacenter":"dc2"}"#,
                #"{"Node":"n","Address":"1.1.1.1","Check":{"Name":"c","ServiceID":"nope"}}"#,
            ]
            for body in bodies { #expect(try await registry.put("/v1/catalog/register", body).status == 500) }
            #expect(try await registry.put("/v1/catalog/register", #"{"Nod":"n"}"#).status == 400)
            for path in ["catalog/services", "health/state/any", "kv/a", "session/list", "catalog/nodes"] {
                let answer = try await registry.get("/v1/\(path)?dc=dc2")
                #expect(answer.status == 500 && answer.text.hasPrefix("No path to datacenter"))
            }
            #expect(try await registry.get("/v1/catalog/services?dc=dc1").status == 200)
        }
    }

    @Test(
        "44: node-meta pairs must all match",
        arguments: [("zone:a", 1), ("zone:a&node-meta=kind:db", 1), ("zone:a&node-meta=kind:x", 0)]
    )
    func nodeMeta(pairs: String, count: Int) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.put("/v1/catalog/register", Self.external)
            #expect(try await registry.get("/v1/catalog/nodes?node-meta=\(pairs)").list.count == count)
            #expect(try await registry.get("/v1/health/service/pg?node-meta=\(pairs)").list.count == count)
            let services = try await registry.get("/v1/catalog/services?node-meta=\(pairs)").json
            #expect(services.keys == (count == 1 ? ["pg"] : []))
        }
    }

    @Test("46: consistency and cache") func consistency() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/v1/catalog/nodes?stale&consistent").status == 400)
            #expect(try await registry.get("/v1/health/service/web?cached&consistent").status == 400)
            let cached = try await registry.get("/v1/health/service/web?cached")
            #expect(cached.status == 200 && cached.fields["x-cache"] != nil)
            let bad = try await registry.get("/v1/health/service/web?cached", ["cache-control": "max-age=x"])
            #expect(bad.status == 400 && bad.text == "Invalid Cache-Control header.")
            for (parameter, word) in [("", "leader"), ("?consistent", "consistent"), ("?stale=", "stale")] {
                let answer = try await registry.get("/v1/catalog/nodes\(parameter)")
                #expect(answer.fields["x-consul-effective-consistency"] == word)
            }
        }
    }

    static let reads = [
        "catalog/nodes", "catalog/services", "catalog/service/web", "catalog/node/none",
        "catalog/node-services/none",
        "catalog/connect/web", "health/service/web", "health/checks/web", "health/node/none",
        "health/state/any",
        "health/connect/web", "kv/none", "kv/none?recurse", "kv/none?keys", "session/info/none",
        "session/list",
        "session/node/none",
    ]

    @Test("47: every read has the index fields", arguments: reads) func indexFields(path: String) async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.get("/v1/\(path)")
            #expect(answer.hasIndexFields)
            #expect(answer.fields["x-consul-default-acl-policy"] == "allow")
            #expect(answer.status == (path.hasPrefix("kv/") ? 404 : 200))
        }
    }
}

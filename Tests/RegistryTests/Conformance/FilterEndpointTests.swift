import HTTP
import JSON
import Testing

@Suite("conformance 45: filters") struct FilterEndpointTests {
    static let cases: [(path: String, filter: String, count: Int)] = [
        ("health/service/web", #""a" in Service.Tags"#, 1),
        ("health/service/web", #"Service.Meta.v == "1""#, 1),
        ("health/service/web", #"Service.Meta.v != "1""#, 1),
        ("health/service/web", #"Node.Node != """#, 2),
        ("health/service/web", #"not (Service.ID == "1" or Service.ID == "2")"#, 0),
        ("health/service/web", #"Service.Meta["a-b"] is not empty"#, 1),
        ("health/service/web", #"Checks.Status contains "critical""#, 1),
        ("health/service/web", #"Service.Port == 80"#, 1),
        ("health/service/web", "Service.ID matches `^[0-9]$`", 2),
        ("health/service/web", #"Service.Tags not contains "a""#, 1),
        ("catalog/service/web", #"ServiceMeta.v == "1" and "a" in ServiceTags"#, 1),
        ("catalog/service/web", #"ServiceID == "2" or ServicePort == 80"#, 2),
        ("catalog/nodes", #"Node == "ext""#, 1),
        ("catalog/nodes", #"Meta.zone == a"#, 1),
        ("health/state/any", #"Status == "critical" and ServiceName == "web""#, 1),
        ("health/checks/web", #"CheckID == "service:2""#, 1),
    ]

    private func target(_ path: String, _ filter: String) -> String {
        let encoded = filter.utf8.map { byte -> String in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            let digits = String(byte, radix: 16)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0\(digits)" : digits)
        }
        return "/v1/\(path)?filter=\(encoded.joined())"
    }

    private func fill(_ registry: RegistryClient) async throws {
        try await registry.register(
            #""ID":"1","Name":"web","Port":80,"Tags":["a"],"Meta":{"v":"1","a-b":"x"}"#
        )
        try await registry.register(#""ID":"2","Name":"web","Check":{"TTL":"60s"}"#)
        try await registry.put(
            "/v1/catalog/register",
            #"{"Node":"ext","Address":"10.1.1.1","NodeMeta":{"zone":"a"}}"#
        )
    }

    @Test("rows that a filter takes", arguments: cases)
    func rows(path: String, filter: String, count: Int) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await fill(registry)
            #expect(try await registry.get(target(path, filter)).list.count == count)
        }
    }

    @Test("filters of maps") func maps() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await fill(registry)
            #expect(try await registry.get(target("agent/services", #"Meta.v == "1""#)).json.keys == ["1"])
            #expect(
                try await registry.get(target("agent/checks", #"ServiceID == "2""#)).json.keys == [
                    "service:2"
                ]
            )
            #expect(
                try await registry.get(target("catalog/services", #"ServiceName == "web""#)).json.keys == [
                    "web"
                ]
            )
            let name = try #require(
                try await registry.get("/v1/agent/self").json["Config"]?["NodeName"]?.string
            )
            let node = try await registry.get(target("catalog/node/\(name)", #"Service == "web""#)).json
            #expect(node["Services"]?.keys == ["1", "2"])
        }
    }

    @Test(
        "what is no filter is refused",
        arguments: [
            "((", "Service.ID ==", "Service.ID == \"1", "Nope == \"1\"", "and", "Service.ID matches `(`",
        ]
    )
    func refusals(filter: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await fill(registry)
            #expect(try await registry.get(target("health/service/web", filter)).status >= 400)
        }
    }
}

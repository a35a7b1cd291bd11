import HTTP
import JSON
import Testing

@Suite("conformance 6-16: registering instances") struct RegistrationTests {
    private static let keys = [
        "Address", "Datacenter", "EnableTagOverride", "ID", "Meta", "Port", "Service", "Tags", "Weights",
    ]

    @Test(
        "6, 7: a plain service has nine keys with their defaults, however its own are spelled",
        arguments: [#"{"Name":"web"}"#, #"{"name":"web","Check":null,"tags":null,"TAGS":null}"#]
    )
    func plain(body: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.put("/v1/agent/service/register", body).isEmptySuccess)
            let service = try #require(try await registry.get("/v1/agent/services").json["web"])
            #expect(service.keys == Self.keys)
            #expect(service["Tags"] == [] && service["Meta"] == [:] && service["Port"] == 0)
            #expect(service["Weights"] == ["Passing": 1, "Warning": 1])
        }
    }

    @Test("8: a form's content type does no harm") func contentType() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.send(
                .put,
                "/v1/agent/service/register",
                body: Array(#"{"Name":"web"}"#.utf8),
                ["content-type": "application/x-www-form-urlencoded"]
            )
            #expect(answer.status == 200)
        }
    }

    static let refused: [(body: String, text: String)] = [
        (#"{}"#, "Missing service name"),
        (#"{"Nmae":"x"}"#, #"unknown field "Nmae""#),
        (#"{"Name":"#, "Request decode failed"),
        (#"{"Name":1}"#, "Request decode failed"),
        (#"{"Name":"web","Address":"0.0.0.0"}"#, "Invalid service address"),
        (
            #"{"Name":"web","Meta":{\#((0..<65).map { "\"k\($0)\":\"\"" }.joined(separator: ","))}}"#,
            "Invalid Service Meta"
        ),
        (#"{"Name":"web","Meta":{"\#(String(repeating: "k", count: 129))":""}}"#, "Invalid Service Meta"),
        (#"{"Name":"web","Meta":{"a b":""}}"#, "Invalid Service Meta"),
        (#"{"Name":"web","Meta":{"consul-x":""}}"#, "Invalid Service Meta"),
        (#"{"Name":"web","Meta":{"k":"\#(String(repeating: "v", count: 513))"}}"#, "Invalid Service Meta"),
        (#"{"Name":"web","Weights":{"Passing":0}}"#, "Invalid Weights"),
    ]

    @Test("9, 10: what is wrong is named, with 400", arguments: refused)
    func refusals(body: String, text: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.put("/v1/agent/service/register", body)
            #expect(answer.status == 400)
            #expect(answer.text.contains(text))
            #expect(try await registry.get("/v1/agent/services").json == [:])
        }
    }

    @Test("11: other methods are refused with the list of those that are not") func methods() async throws {
        try await RegistryFixture.run { (registry) async throws in
            for method in [HTTPMethod.get, .post] {
                let answer = try await registry.send(method, "/v1/agent/service/register")
                #expect(answer.status == 405)
                #expect(answer.fields["allow"] == "OPTIONS,PUT")
                #expect(answer.text == "method \(method.name) not allowed")
            }
            let options = try await registry.send(.options, "/v1/agent/service/register")
            #expect(options.status == 200 && options.fields["allow"] == "OPTIONS,PUT")
            #expect(try await registry.send(.head, "/v1/agent/services").status == 405)
        }
    }

    @Test("12: an unknown path is 404") func unknown() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.get("/v1/nope")
            #expect(answer.status == 404)
            #expect(answer.text == "Invalid URL path: not a recognized HTTP API endpoint\n")
        }
    }

    @Test("13: an ID with a slash, raw and encoded", arguments: ["demo/pg1", "demo%2Fpg1"])
    func slash(id: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""ID":"demo/pg1","Name":"pg""#)
            #expect(try await registry.put("/v1/agent/service/deregister/\(id)").isEmptySuccess)
            #expect(try await registry.get("/v1/agent/services").json == [:])
        }
    }

    @Test("14: a name that is no DNS label") func oddName() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"app#127.0.0.1#3000""#)
            let path = "app%23127.0.0.1%233000"
            #expect(try await registry.get("/v1/health/service/\(path)").list.count == 1)
            #expect(try await registry.put("/v1/agent/service/deregister/\(path)").isEmptySuccess)
        }
    }

    @Test("15: deregistering an unknown ID is 404") func unknownID() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.put("/v1/agent/service/deregister/nope")
            #expect(answer.status == 404 && answer.text.hasPrefix("Unknown service ID \"nope\""))
        }
    }

    @Test("16: the same registration twice changes nothing") func idempotent() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let body = #""Name":"web","Tags":["b","a"],"Meta":{"v":"1"},"Check":{"TTL":"60s"}"#
            try await registry.register(body)
            let before = try await registry.get("/v1/health/service/web")
            try await registry.register(body)
            let after = try await registry.get("/v1/health/service/web")
            #expect(before.bytes == after.bytes && before.index == after.index)
        }
    }
}

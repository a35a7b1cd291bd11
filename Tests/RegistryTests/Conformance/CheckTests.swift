import JSON
import Testing

@Suite("conformance 17-24, 30-31: checks and TTLs") struct CheckTests {
    private func check(_ id: String, _ registry: RegistryClient) async throws -> JSONValue? {
        try await registry.get("/v1/agent/checks").json[id]
    }

    @Test("17: IDs of checks without one") func ids() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"one","Check":{"TTL":"60s"}"#)
            #expect(try await registry.get("/v1/agent/checks").json.keys == ["service:one"])
            try await registry.register(
                #""Name":"three","Checks":[{"TTL":"60s"},{"TTL":"60s"},{"TTL":"60s"}]"#
            )
            #expect(
                try await registry.get("/v1/agent/checks").json.keys
                    == ["service:one", "service:three:1", "service:three:2", "service:three:3"]
            )
        }
    }

    @Test("18, 19: a new check is critical or what it says; a known one keeps its status") func initial()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            #expect(try await check("service:web", registry)?["Status"]?.string == "critical")
            try await registry.register(#""Name":"api","Check":{"TTL":"60s","Status":"passing"}"#)
            #expect(try await check("service:api", registry)?["Status"]?.string == "passing")
            try await registry.put("/v1/agent/check/pass/service:web?note=ok")
            try await registry.register(#""Name":"web","Port":81,"Check":{"TTL":"60s"}"#)
            let kept = try await check("service:web", registry)
            #expect(kept?["Status"]?.string == "passing" && kept?["Output"]?.string == "ok")
        }
    }

    @Test("20: checks that a second registration doesn't name stay, unless they are to be replaced")
    func replacing() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(
                #""Name":"web","Checks":[{"CheckID":"a","TTL":"60s"},{"CheckID":"b","TTL":"60s"}]"#
            )
            let fewer = #"{"Name":"web","Checks":[{"CheckID":"a","TTL":"60s"}]}"#
            try await registry.put("/v1/agent/service/register", fewer)
            #expect(try await registry.get("/v1/agent/checks").json.keys == ["a", "b"])
            try await registry.put("/v1/agent/service/register?replace-existing-checks=true", fewer)
            #expect(try await registry.get("/v1/agent/checks").json.keys == ["a"])
        }
    }

    @Test(
        "21: reports set status and output",
        arguments: [("pass", "passing"), ("warn", "warning"), ("fail", "critical")]
    )
    func reports(word: String, status: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s","Status":"passing"}"#)
            #expect(try await registry.put("/v1/agent/check/\(word)/service:web?note=hi").isEmptySuccess)
            let noted = try await check("service:web", registry)
            #expect(noted?["Status"]?.string == status && noted?["Output"]?.string == "hi")
            try await registry.put("/v1/agent/check/\(word)/service:web")
            #expect(try await check("service:web", registry)?["Output"]?.string == "")
        }
    }

    @Test("22: updates that can't be") func updates() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            try await registry.register(
                #""Name":"api","Check":{"HTTP":"http://127.0.0.1:1/","Interval":"60s"}"#
            )
            let path = "/v1/agent/check/update/"
            #expect(try await registry.put("\(path)service:web", #"{"Status":"up"}"#).status == 400)
            #expect(try await registry.put("\(path)service:api", #"{"Status":"passing"}"#).status == 500)
            #expect(try await registry.put("\(path)nope", #"{"Status":"passing"}"#).status == 404)
            #expect(
                try await registry.put("\(path)service:web", #"{"status":"passing","output":"fine"}"#)
                    .isEmptySuccess
            )
            #expect(try await check("service:web", registry)?["Output"]?.string == "fine")
        }
    }

    @Test("23, 24: a TTL that nobody renews expires, with the last output; there is no least TTL")
    func expiry() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"100ms"}"#)
            try await registry.put("/v1/agent/check/pass/service:web?note=hi")
            let answer = try await registry.get("/v1/health/checks/web") { answer in
                try answer.list.first?["Status"]?.string == "critical"
            }
            let output = try #require(try answer.list.first?["Output"]?.string)
            #expect(output.hasPrefix("TTL expired") && output.contains("hi"))
        }
    }

    static let refused: [(body: String, status: Int)] = [
        (#"{"Name":"c","TTL":"10s","Interval":"10s"}"#, 400),
        (#"{"Name":"c"}"#, 400),
        (#"{"Name":"c","Interval":"10s"}"#, 400),
        (#"{"Name":"c","HTTP":"http://127.0.0.1/"}"#, 400),
        (#"{"TTL":"10s"}"#, 400),
        (#"{"Name":"c","TTL":"10s","Status":"up"}"#, 400),
        (#"{"Name":"c","TTL":"10s","Tll":"1s"}"#, 400),
        (#"{"Name":"c","TTL":"10s","OutputMaxSize":-1}"#, 400),
        (
            #"{"Name":"c","HTTP":"http://h/","Interval":"1s","FailuresBeforeWarning":3,"FailuresBeforeCritical":2}"#,
            400
        ),
        (#"{"Name":"c","Args":["true"],"Interval":"10s"}"#, 500),
        (#"{"Name":"c","TTL":"10s","ServiceID":"nope"}"#, 404),
    ]

    @Test("30, 31: checks that can't be, of which nothing is stored", arguments: refused)
    func refusals(body: String, status: Int) async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.put("/v1/agent/check/register", body).status == status)
            #expect(try await registry.get("/v1/agent/checks").json == [:])
        }
    }

    @Test("a check on its own is registered and deregistered") func alone() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(
                try await registry.put("/v1/agent/check/register", #"{"Name":"disk","TTL":"60s"}"#)
                    .isEmptySuccess
            )
            #expect(try await check("disk", registry)?["Type"]?.string == "ttl")
            #expect(try await registry.put("/v1/agent/check/deregister/disk").isEmptySuccess)
            #expect(try await registry.put("/v1/agent/check/deregister/disk").status == 404)
        }
    }
}

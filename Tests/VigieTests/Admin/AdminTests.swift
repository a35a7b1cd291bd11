import Testing
import Vigie
import VigieTesting

@Suite("the admin listener", .timeLimit(.minutes(1))) struct AdminTests {
    private static func send(
        _ sample: TestService,
        _ method: HTTPMethod,
        _ json: String? = nil,
        token: String? = nil
    ) async throws -> (status: Int, text: String) {
        var request = HTTPRequest(method, "/admin/log-level")
        if let json {
            request.body = HTTPBody(json)
            request.head.fields.append(.contentType, "application/json")
        }
        if let token { request.head.fields.append(.authorization, "Bearer \(token)") }
        let response = try await sample.client.send(request, to: HTTPDestination(sample.adminAddress))
        let content = try await response.body.collect(upTo: 1 << 16)
        return (Int(response.head.status.code), String(decoding: content, as: UTF8.self))
    }

    @Test("levels change at run time, for all modules or for one")
    func levels() async throws {
        try await TestService.run(Sample.self) { sample in
            #expect(try await Self.send(sample, .get).text == #"{"level":"debug","modules":{}}"#)
            let quiet = try await Self.send(sample, .put, #"{"level":"warning","module":"access"}"#)
            #expect(quiet.text == #"{"level":"debug","modules":{"access":"warning"}}"#)
            _ = try await sample.get("/hello")
            try await eventually { sample.span(named: "GET /hello") != nil }
            #expect(sample.logLines("\"msg\":\"request\"").isEmpty)
            #expect(
                try await Self.send(sample, .put, #"{"module":"access"}"#).text.contains(#""modules":{}"#)
            )
            #expect(
                try await Self.send(sample, .put, #"{"level":"error"}"#).text.contains(#""level":"error""#)
            )
        }
    }

    @Test("what is no level is refused by name", arguments: [#"{"level":"loud"}"#, "{}", #"{"level":1}"#])
    func mistakes(json: String) async throws {
        try await TestService.run(Sample.self) { sample in
            let answer = try await Self.send(sample, .put, json)
            #expect(answer.status == 422 && answer.text.contains("level"))
        }
    }

    @Test("with a token set, nobody comes in without it")
    func token() async throws {
        let token = "0123456789abcdef-admin"
        try await TestService.run(Sample.self, settings: ["admin.token": token]) { sample in
            for (given, status) in [(nil, 401), (token + "x", 401), (token, 200)] {
                let answer = try await Self.send(sample, .get, token: given)
                #expect(answer.status == status)
            }
        }
    }

    @Test("on an address that others reach, a token is demanded at the start")
    func open() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestService.run(Sample.self, settings: ["admin.host": "0.0.0.0"]) { _ in }
        }
        #expect(error?.description.contains("set admin.token") == true)
    }

    @Test("it is not served on the service's own port")
    func apart() async throws {
        try await TestService.run(Sample.self) { sample in
            let answer = try await sample.get("/admin/log-level")
            #expect(answer.status == 404)
        }
    }
}

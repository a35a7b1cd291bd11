import HTTP
import HTTPWire
import JSON
import TestSupport
import Testing
import VigieTesting

@testable import Gateway

/// Errors of all layers have one shape (G11, RFC 9457).
@Suite("errors have one shape", .timeLimit(.minutes(2))) struct ProblemShapeTests {
    private static let document = """
        {"rates": {"one": {"rate": "1/h", "burst": 1}},
         "authentication": {"apiKeyField": "x-key"},
         "routes": [
          {"path": "/open", "service": "echo", "auth": "open", "attempts": 1, "timeout": "300ms", "bodyLimit": 8,
           "answerLimit": 64},
          {"path": "/user", "service": "echo"},
          {"path": "/role", "service": "echo", "auth": {"roles": ["host"]}},
          {"path": "/scope", "service": "echo", "auth": {"scopes": ["read"]}},
          {"path": "/rate", "service": "echo", "auth": "open", "rates": ["one"]},
          {"path": "/cached", "service": "echo", "auth": "open", "cache": true},
          {"path": "/none", "service": "echo", "auth": "open", "tags": ["absent"]}
        ]}
        """

    private static func expect(
        _ answer: TestService.Answer,
        _ status: Int,
        _ reason: String,
        isRetryable: Bool,
        isTraced: Bool = true
    ) throws {
        let name = "\(status) \(reason): \(answer.text)"
        #expect(answer.status == status && answer.reason == reason, "\(name)")
        #expect(answer.fields[.contentType] == "application/problem+json", "\(name)")
        let problem = try answer.json
        #expect(problem["retryable"]?.bool == isRetryable, "\(name)")
        #expect(problem["status"]?.number == JSONNumber(status) && problem["title"]?.string != nil, "\(name)")
        #expect((problem["traceId"]?.string?.utf8.count == 32) == isTraced, "\(name)")
    }

    @Test("G11: of the gateway: reason, trace, and whether to come back")
    func gateway() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let gateway = stage.gateway
            let refused = { (reason: String) in
                gateway.metric("gateway_refused_total", ["reason": reason]) ?? 0
            }
            try Self.expect(try await gateway.get("/user"), 401, "unauthenticated", isRetryable: false)
            let forged = try await gateway.send(.get, "/user", fields: [.authorization: "Bearer a.b.c"])
            try Self.expect(forged, 401, forged.reason ?? "none", isRetryable: false)
            #expect(forged.reason?.hasPrefix("token_") == true)
            let key = try await gateway.send(.get, "/user", fields: ["x-key": "vgk_none"])
            try Self.expect(key, 401, "api_key_unknown", isRetryable: false)
            try Self.expect(
                try await gateway.get("/role", as: "anna"),
                403,
                "role_missing",
                isRetryable: false
            )
            try Self.expect(
                try await gateway.get("/scope", as: "anna"),
                403,
                "scope_missing",
                isRetryable: false
            )
            try Self.expect(try await gateway.get("/nothing"), 404, "no_route", isRetryable: false)
            try Self.expect(try await gateway.get("/nothing"), 404, "no_route", isRetryable: false)
            _ = try await gateway.get("/rate")
            try Self.expect(try await gateway.get("/rate"), 429, "rate_limited", isRetryable: true)
            let only: HTTPFields = [.cacheControl: "only-if-cached"]
            let notCached = try await gateway.send(.get, "/cached", fields: only)
            try Self.expect(notCached, 504, "not_cached", isRetryable: false)
            stage.allAnswer { _ in HTTPResponse(.ok, body: HTTPBody([UInt8](repeating: 7, count: 65))) }
            try Self.expect(try await gateway.get("/open"), 502, "answer_too_large", isRetryable: false)
            let never = Latch()
            stage.allAnswer { _ in
                await never.wait()
                return HTTPResponse(.ok)
            }
            try Self.expect(try await gateway.get("/open"), 504, "upstream_timeout", isRetryable: true)
            for reason in [
                "unauthenticated", "api_key_unknown", "role_missing", "scope_missing", "rate_limited",
                "not_cached", "answer_too_large", "upstream_timeout",
            ] {
                #expect(refused(reason) == 1, "\(reason)")
            }
            #expect(refused("no_route") == 2)
        }
    }

    /// What breaks the protocol or a limit, which the server answers before there is a trace.
    static let malformed: [(String, Int, String, Bool)] = [
        ("GET /open HTTP/1.1\r\n\r\n", 400, "host_missing", false),
        ("GET /open HTTP/1.1\r\nHost: a\r\nA_b: c\r\n\r\n", 400, "field_name_invalid", false),
        ("GET /open HTTP/3.0\r\nHost: a\r\n\r\n", 505, "version_unsupported", false),
        ("GET /open HTTP/1.1\r\nHost: a\r\n", 408, "head_timeout", true),
        (
            "POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789", 413, "content_too_large",
            false
        ),
        (
            "GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414,
            "target_too_long", false
        ),
    ]

    @Test("of the server: reason, and whether to come back")
    func server() async throws {
        let settings = ["server.head-timeout": "300ms", "server.content-timeout": "300ms"]
        try await GatewayStage.run(Self.document, settings: settings) { stage in
            for (bytes, status, reason, isRetryable) in Self.malformed {
                let client = try await RawClient.connect(to: stage.gateway.address, sending: bytes)
                let answer = try await client.response()
                client.close()
                #expect(answer.status == status && answer.reason == reason, "\(answer.text)")
                let problem = try JSONText.decode(JSONValue.self, from: answer.body)
                #expect(problem["retryable"]?.bool == isRetryable, "\(answer.text)")
            }
        }
    }

    @Test("of the admin listener")
    func admin() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let gateway = stage.gateway
            let unknown = try await gateway.admin(.get, "/admin/routes/nothing")
            try Self.expect(unknown, 404, "not_found", isRetryable: false, isTraced: false)
            let others = try await gateway.admin(.delete, "/admin/routes//open")
            try Self.expect(others, 409, "conflict", isRetryable: false, isTraced: false)
            let bad = try await gateway.admin(.put, "/admin/routes/a", json: "{}")
            try Self.expect(bad, 422, "invalid_route", isRetryable: false, isTraced: false)
            let nothing = try await gateway.admin(.get, "/admin/nothing")
            try Self.expect(nothing, 404, "no_route", isRetryable: false, isTraced: false)
            let method = try await gateway.admin(.post, "/admin/routes", json: "{}")
            try Self.expect(method, 405, "method_not_allowed", isRetryable: false, isTraced: false)
        }
    }
}

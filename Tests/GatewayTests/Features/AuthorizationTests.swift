import HTTP
import HTTPWire
import TestSupport
import Testing
import VigieTesting

@Suite("G4 G7 G8: who may", .timeLimit(.minutes(2))) struct AuthorizationTests {
    private static let document = """
        {"routes": [
          {"path": "/open", "service": "echo", "auth": "open"},
          {"path": "/user", "service": "echo"},
          {"path": "/host", "service": "echo", "auth": {"roles": ["host", "admin"]}}
        ]}
        """

    /// Target, subject, roles, status, reason.
    static let cases: [(String, String?, [String], Int, String?)] = [
        ("/open", nil, [], 200, nil), ("/open", "anna", [], 200, nil),
        ("/user", nil, [], 401, "unauthenticated"), ("/user", "anna", [], 200, nil),
        ("/host", nil, [], 401, "unauthenticated"), ("/host", "anna", ["guest"], 403, "role_missing"),
        ("/host", "anna", ["guest", "host"], 200, nil),
    ]

    @Test("a route is closed unless it says otherwise; roles are asked for")
    func rules() async throws {
        try await GatewayStage.run(Self.document) { stage in
            for (target, subject, roles, status, reason) in Self.cases {
                for upstream in stage.upstreams { upstream.forget() }
                // A token of the first gateway's own issuer: each has one of its own in these tests.
                let answer = try await stage.gateway.send(.get, target, as: subject, roles: roles)
                #expect(
                    answer.status == status && answer.reason == reason,
                    "\(target) \(roles): \(answer.text)"
                )
                #expect(stage.requests.count == (status == 200 ? 1 : 0))
                if status == 401 { #expect(answer.fields["www-authenticate"] == "Bearer") }
            }
            let refused = stage.gateway.metric("gateway_refused_total", ["reason": "unauthenticated"])
            #expect(refused == 2)
        }
    }

    @Test("G7: services hear who calls from the gateway alone, and get the token, too")
    func identity() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let claimed: HTTPFields = [
                "x-auth-subject": "root", "x-auth-roles": "admin", "x-auth-tenant": "other", "x-api-key": "k",
            ]
            _ = try await stage.gateway.send(.get, "/host", as: "anna", roles: ["host", "guest"])
            let got = try #require(stage.requests.first).fields
            #expect(got["x-auth-subject"] == "anna" && got["x-auth-roles"] == "host guest")
            #expect(!got.contains("x-auth-scopes") && got["authorization"]?.hasPrefix("Bearer ") == true)
            for upstream in stage.upstreams { upstream.forget() }
            _ = try await stage.gateway.send(.get, "/open", fields: claimed)
            let open = try #require(stage.requests.first).fields
            for name in ["x-auth-subject", "x-auth-roles", "x-auth-tenant", "x-api-key"] {
                #expect(HTTPFieldName(name).map { open.contains($0) } == false, "\(name)")
            }
        }
    }

    @Test("H3: a field's name with `_` is refused at the gateway")
    func underscores() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let client = try await RawClient.connect(to: stage.gateway.address)
            let answer = try await client.exchange(
                "GET /open HTTP/1.1\r\nHost: a\r\nX_Auth_Subject: root\r\n\r\n"
            )
            #expect(answer.status == 400 && answer.closes && stage.requests.isEmpty)
        }
    }
}

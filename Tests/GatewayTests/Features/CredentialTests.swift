import HTTP
import Testing
import VigieTesting

@Suite("G4 G8: scopes, and credentials that are not believed", .timeLimit(.minutes(2)))
struct CredentialTests {
    private static let document = """
        {"routes": [
          {"path": "/open", "service": "echo", "auth": "open"},
          {"path": "/user", "service": "echo"},
          {"path": "/read", "service": "echo", "auth": {"scopes": ["read", "list"]}}
        ]}
        """

    @Test("all scopes of a route are needed, and a refusal names them")
    func scopes() async throws {
        try await GatewayStage.run(Self.document) { stage in
            for (scopes, status) in [([], 403), (["read"], 403), (["list", "read", "more"], 200)] {
                for upstream in stage.upstreams { upstream.forget() }
                let token = try stage.gateway.token(for: "anna", scopes: scopes)
                let answer = try await stage.gateway.send(
                    .get,
                    "/read",
                    fields: [.authorization: "Bearer \(token)"]
                )
                #expect(answer.status == status, "\(scopes): \(answer.text)")
                #expect(stage.requests.count == (status == 200 ? 1 : 0))
                if status == 200 {
                    #expect(stage.requests.first?.fields["x-auth-scopes"] == "list read more")
                } else {
                    #expect(answer.reason == "scope_missing")
                    let challenge = #"Bearer error="insufficient_scope", scope="read list""#
                    #expect(answer.fields["www-authenticate"] == challenge)
                }
            }
        }
    }

    @Test("a token that is not believed is 401, two credentials are 400, an open route asks for none")
    func refusals() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let good = try stage.gateway.token(for: "anna")
            // Of the same issuer by its name, signed by a key that the first gateway does not know.
            let foreign = try stage.gateways[1].token(for: "anna")
            let cut = String(good.dropLast(4))
            for token in ["a.b.c", "", foreign, cut, good + good] {
                let answer = try await stage.gateway.send(
                    .get,
                    "/user",
                    fields: [.authorization: "Bearer \(token)"]
                )
                #expect(answer.status == 401, "\(token)")
                let challenge = answer.fields["www-authenticate"] ?? ""
                #expect(challenge.hasPrefix("Bearer"), "\(token)")
                #expect(!answer.text.contains("anna") && (token.isEmpty || !answer.text.contains(token)))
            }
            let two = try await stage.gateway.send(
                .get,
                "/user",
                fields: [.authorization: "Bearer \(good)", "x-api-key": "vgk_x"]
            )
            #expect(two.status == 400 && two.reason == "invalid_request")
            #expect(stage.requests.isEmpty)
            let open = try await stage.gateway.send(.get, "/open", fields: [.authorization: "Bearer a.b.c"])
            #expect(open.status == 200)
        }
    }
}

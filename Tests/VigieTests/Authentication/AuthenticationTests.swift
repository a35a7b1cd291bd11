import Testing
import Vigie
import VigieTesting

@Suite("who calls a service", .timeLimit(.minutes(1))) struct AuthenticationTests {
    @Test("a token names its subject; without one 401, without the role 403")
    func roles() async throws {
        try await TestService.run(Sample.self) { sample in
            #expect(try await sample.get("/me", as: "anna").text == "anna")
            let nobody = try await sample.get("/me")
            #expect(nobody.status == 401 && nobody.fields["www-authenticate"] == "Bearer")
            #expect(try await sample.get("/hosts", as: "anna").status == 403)
            #expect(try await sample.send(.get, "/hosts", as: "anna", roles: ["host"]).status == 200)
            #expect(try await sample.get("/hello").status == 200)
            try await eventually { sample.logLines("\"route\":\"/me\"", "\"subject\":\"anna\"").count == 1 }
            #expect(sample.metric("auth_tokens_total", ["result": "valid"]) == 3)
        }
    }

    @Test("a token that is not believed is 401 and says why, without repeating it")
    func refused() async throws {
        try await TestService.run(Sample.self) { sample in
            let good = try sample.token(for: "anna")
            let parts = good.split(separator: ".")
            let forged = "\(parts[0]).\(parts[1]).AAAA"
            let none = "eyJhbGciOiJub25lIn0.\(parts[1])."
            let cases = [
                (forged, "token_signature_invalid"), (none, "token_algorithm_not_allowed"),
                ("abc", "token_malformed"), (String(repeating: "a", count: 9000), "token_too_long"),
            ]
            for (token, reason) in cases {
                let fields: HTTPFields = [.authorization: "Bearer \(token)"]
                let answer = try await sample.send(.get, "/me", fields: fields)
                #expect(answer.status == 401)
                #expect(try answer.json["reason"]?.string == reason)
                #expect(answer.fields["www-authenticate"]?.contains("invalid_token") == true)
                #expect(!answer.text.contains(token))
                #expect(sample.metric("auth_tokens_total", ["result": reason]) == 1)
            }
            for field in ["Basic YTpi", "Bearer", "bearer "] {
                let answer = try await sample.send(.get, "/me", fields: [.authorization: field])
                #expect(answer.status == 401 && answer.fields["www-authenticate"] == "Bearer", "\(field)")
            }
            var twice = HTTPFields()
            for _ in 0..<2 { twice.append(.authorization, "Bearer \(good)") }
            #expect(try await sample.send(.get, "/me", fields: twice).status == 401)
        }
    }
}

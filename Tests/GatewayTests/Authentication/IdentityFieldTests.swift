import HTTP
import Routing
import Telemetry
import Testing

@testable import Gateway
@testable import Tokens

@Suite("identity told to services (G7, G8, H24, H25)", .timeLimit(.minutes(1))) struct IdentityFieldTests {
    /// Names that a service might take for the gateway's own, and names that it would not.
    static let reserved = [
        "X-Auth-Subject", "x-auth-subject", "X-AUTH-ROLES", "x-auth-scopes", "X-Auth-Anything",
        "x_auth_subject",
        "X_Auth_Roles", "x-auth_subject", "x_auth-scopes", "X.Auth.Subject", "x~auth!roles", "x-auth-",
    ]
    static let others = [
        "x-authority", "x-auth", "xauth-subject", "x-auto-subject", "auth-subject", "my-x-auth-subject",
    ]

    @Test("clients' identity fields never pass, in no spelling; the verified ones do")
    func stripped() async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let edge = try Edge(issuer)
            let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            var fields = HTTPFields()
            for name in Self.reserved + Self.others {
                fields.append(try #require(HTTPFieldName(name)), "forged")
            }
            for rule in [Authorization.open, .authenticated] {
                try await edge.serve(rule) { send in
                    var fields = fields
                    fields.append(.authorization, "Bearer \(token)")
                    let answer = try await send("/", fields)
                    #expect(answer.status == .ok)
                    let passed = Set(
                        answer.text.split(separator: "\n").filter { $0.hasSuffix(": forged") }
                            .map { String($0.dropLast(8)) }
                    )
                    #expect(passed == Set(Self.others))
                    #expect(answer.upstream("x-auth-subject") == (rule.isOpen ? [] : ["anna"]))
                    #expect(answer.upstream("x-auth-roles") == (rule.isOpen ? [] : ["host guest"]))
                    #expect(answer.upstream("x-auth-scopes") == (rule.isOpen ? [] : ["read write"]))
                    #expect(answer.upstream("authorization") == ["Bearer \(token)"])
                }
            }
        }
    }

    @Test("H24: Connection names none of the gateway's fields away")
    func connection() async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let edge = try Edge(issuer)
            let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            let sent: HTTPFields = [
                .authorization: "Bearer \(token)", "x-auth-subject": "root",
                .connection: "X-Auth-Subject, x-auth-roles, Authorization, x-mine", "x-mine": "1",
            ]
            let identity = try await edge.authenticator.identity(of: HTTPRequestHead(.get, "/", fields: sent))
            let fields = edge.authenticator.outgoing(sent, from: nil, isForwarded: false, for: identity)
            let subjects = fields.values(of: "x-auth-subject").map { String(decoding: $0, as: UTF8.self) }
            #expect(subjects == ["anna"])
            #expect(fields["x-auth-roles"] == "host guest")
            #expect(fields["authorization"] == "Bearer \(token)")
            #expect(!fields.contains("x-mine"))
        }
    }

    @Test("rules: open, anybody known, one of the roles, all of the scopes")
    func rules() async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let edge = try Edge(issuer)
            let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            let cases: [(rule: Authorization, status: HTTPStatus, challenge: String?)] = [
                (.open, .ok, nil), (.authenticated, .ok, nil), (.role("admin", "host"), .ok, nil),
                (.role("admin"), .forbidden, "Bearer error=\"insufficient_scope\""),
                (.scope("read", "write"), .ok, nil),
                (
                    .scope("read", "pay"), .forbidden,
                    "Bearer error=\"insufficient_scope\", scope=\"read pay\""
                ),
                (Authorization(isOpen: false, roles: ["host"], scopes: ["read"]), .ok, nil),
                (
                    Authorization(isOpen: false, roles: ["admin"], scopes: ["read"]), .forbidden,
                    "Bearer error=\"insufficient_scope\""
                ),
            ]
            for (rule, status, challenge) in cases {
                try await edge.serve(rule) { send in
                    let answer = try await send("/", [.authorization: "Bearer \(token)"])
                    #expect(
                        answer.status == status && answer.fields["www-authenticate"] == challenge,
                        "\(rule)"
                    )
                    let nobody = try await send("/", [:])
                    #expect(nobody.status == (rule.isOpen ? .ok : .unauthorized), "\(rule)")
                    #expect(nobody.fields["www-authenticate"] == (rule.isOpen ? nil : "Bearer"), "\(rule)")
                }
            }
        }
    }

    @Test("J11: a WebSocket's token comes among the protocols, and goes on in Authorization")
    func socket() async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            let edge = try Edge(issuer)
            let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key(.edDSA))
            let offers: [(offered: [String], kept: [String])] = [
                (["chat, bearer.\(token)"], ["chat"]), (["bearer.\(token)"], []),
                (["chat,bearer.\(token) ,\tv2.chat"], ["chat, v2.chat"]),
                (["chat", " bearer.\(token)"], ["chat"]),
            ]
            for (offered, kept) in offers {
                var fields: HTTPFields = [.connection: "upgrade", .upgrade: "WebSocket"]
                for value in offered { fields.append("sec-websocket-protocol", value) }
                let identity = try await edge.authenticator.identity(
                    of: HTTPRequestHead(.get, "/", fields: fields)
                )
                #expect(identity?.principal.subject == "anna")
                fields = edge.authenticator.outgoing(fields, from: nil, isForwarded: false, for: identity)
                SocketToken.move(in: &fields)
                let protocols = fields.values(of: "sec-websocket-protocol")
                #expect(protocols.map { String(decoding: $0, as: UTF8.self) } == kept)
                #expect(fields["authorization"] == "Bearer \(token)")
                #expect(fields["x-auth-subject"] == "anna")
            }
            let fields: HTTPFields = [.upgrade: "websocket", "sec-websocket-protocol": "chat, bearer."]
            #expect(try await edge.refusal(fields)?.reason == "token_malformed")
            let none: HTTPFields = [.upgrade: "websocket", "sec-websocket-protocol": "chat, Bearer.x"]
            #expect(try await edge.refusal(none)?.reason == "unauthenticated")
        }
    }
}

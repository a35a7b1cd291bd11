import HTTP
import Routing
import Telemetry
import Testing

/// Who may call.
@Suite("authorization") struct AuthorizationTests {
    private static func router() throws -> Router {
        var settings = RouterSettings()
        settings.authenticate = { head in
            switch head.fields[.authorization] {
            case nil: nil
            case "Bearer ann": Principal(subject: "ann", roles: ["host"], scopes: ["read"])
            case "Bearer bob": Principal(subject: "bob", scopes: ["read", "write"])
            default:
                throw Problem(
                    .unauthorized,
                    reason: "invalid_token",
                    fields: ["www-authenticate": "Bearer error=\"invalid_token\""]
                )
            }
        }
        return try Router(settings: settings) {
            Get("/default") { (_, who: Principal) in who.subject }
            Get("/open", auth: .open) { request in request.principal?.subject ?? "nobody" }
            Group("/hosts", auth: .role("host", "admin")) {
                Get { request in request.principal?.subject ?? "" }
                Get("/open", auth: .open) { _ in "open" }
                Post("/write", auth: .scope("read", "write")) { _ in "written" }
            }
        }
    }

    @Test(
        "routes deny by default, roles and scopes are asked for",
        arguments: [
            (HTTPMethod.get, "/default", nil, 401, "Bearer"), (.get, "/default", "ann", 200, nil),
            (.get, "/default", "eve", 401, "Bearer error=\"invalid_token\""),
            (.get, "/open", "eve", 200, nil),
            (.get, "/hosts", nil, 401, "Bearer"), (.get, "/hosts", "ann", 200, nil),
            (.get, "/hosts", "bob", 403, "Bearer error=\"insufficient_scope\""),
            (.get, "/hosts/open", nil, 200, nil), (.post, "/hosts/write", "bob", 200, nil),
            (.post, "/hosts/write", "ann", 403, "Bearer error=\"insufficient_scope\", scope=\"read write\""),
            (.put, "/hosts/write", nil, 405, nil), (.get, "/nowhere", nil, 404, nil),
        ] as [(HTTPMethod, String, String?, Int, String?)]
    )
    func asks(method: HTTPMethod, path: String, token: String?, status: Int, challenge: String?) async throws
    {
        var fields = HTTPFields()
        if let token { fields.append(.authorization, "Bearer \(token)") }
        let answer = try await Self.router().send(method, path, fields: fields)
        #expect(answer.status == status)
        #expect(answer.fields["www-authenticate"] == challenge)
    }

    @Test("who may not call is not told of a bad body")
    func order() async throws {
        struct Body: RequestBody { let a: Int }
        var settings = RouterSettings()
        settings.authenticate = { _ in nil }
        let router = try Router(settings: settings) { Post("/a") { (_, _: Body) in NoContent() } }
        #expect(try await router.send(.post, "/a", json: "{").status == 401)
    }
}

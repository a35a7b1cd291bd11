import HTTP
import Routing
import Telemetry
import Testing

/// Which route gets a request, and what those get that have none.
@Suite("router, rules") struct RouterRuleTests {
    private static func router() throws -> Router {
        try Router.open {
            Get("/") { _ in "root" }
            Get("/users/me") { _ in "me" }
            Get("/users/{id}") { (_, id: Int) in "user \(id)" }
            Delete("/users/{id}") { (_, _: Int) in NoContent() }
            Get("/users/{id}/posts/{slug}") { (_, id: Int, slug: String) in "post \(id) \(slug)" }
            Get("/files/{path...}") { (_, path: PathRest) in path.segments.joined(separator: "|") }
            Get("/café") { _ in "coffee" }
            Group("/notes") {
                Get { _ in "notes" }
                Post { _ in "posted" }
                Group("/{note}/tags") { Get("/{tag}") { (_, note: Int, tag: String) in "\(note) \(tag)" } }
            }
        }
    }

    @Test(
        "the path decides",
        arguments: [
            ("/", "root"), ("/users/me", "me"), ("/users/7", "user 7"), ("/users/-7", "user -7"),
            ("/users/7/posts/a%20b%2Fc", "post 7 a b/c"), ("/users/7?x=/a", "user 7"),
            ("/files/a", "a"), ("/files/a/b%2Fc/", "a|b/c|"), ("/files/a//b", "a||b"),
            ("/caf%C3%A9", "coffee"),
            ("/notes", "notes"), ("/notes/4/tags/new", "4 new"),
        ]
    )
    func found(target: String, text: String) async throws {
        let answer = try await Self.router().send(.get, target)
        #expect(answer.status == 200)
        #expect(answer.text == text)
    }

    @Test(
        "a path without a route is 404",
        arguments: [
            "/user", "/users", "/users/x", "/users/+7", "/users/07", "/users/99999999999999999999",
            "/users/7/posts",
            "/users//posts/a", "/files", "/Users/me", "/users/me/posts/a", "/users/7/posts/%FF",
            "/notes/4/tags",
            "/users/%37x",
        ]
    )
    func missing(target: String) async throws {
        let answer = try await Self.router().send(.get, target)
        #expect(answer.status == 404)
        #expect(answer.fields[.contentType] == "application/problem+json")
        #expect(try answer.member("instance") == target)
    }

    @Test(
        "a method without a route is 405 with Allow",
        arguments: [
            (HTTPMethod.post, "/users/7", "GET, HEAD, DELETE, OPTIONS"),
            (.delete, "/users/me", "GET, HEAD, OPTIONS"),
            (.put, "/notes", "GET, HEAD, POST, OPTIONS"),
        ]
    )
    func noMethod(method: HTTPMethod, target: String, allow: String) async throws {
        let answer = try await Self.router().send(method, target)
        #expect(answer.status == 405)
        #expect(answer.fields[.allow] == allow)
        #expect(try answer.reason == "method_not_allowed")
    }

    @Test(
        "OPTIONS is answered for each path and for the server",
        arguments: [
            ("/users/7", 204, "GET, HEAD, DELETE, OPTIONS"),
            ("*", 204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"), ("/nothing", 404, nil),
        ] as [(String, Int, String?)]
    )
    func options(target: String, status: Int, allow: String?) async throws {
        var request = HTTPRequest(.options, "/")
        request.head.targetBytes = Array(target.utf8)
        let answer = try await Answer(Self.router().respond(to: request))
        #expect(answer.status == status)
        #expect(answer.fields[.allow] == allow)
    }

    @Test(
        "a slash too much is redirected, with its query, and only to a declared path",
        arguments: [
            ("/users/me/", "/users/me"), ("/users/7/?a=b/", "/users/7?a=b/"), ("/notes/", "/notes"),
            ("//", "/"), ("/nothing/", nil), ("//evil.example/", nil), ("/users/7//", nil),
        ] as [(String, String?)]
    )
    func slash(target: String, location: String?) async throws {
        let answer = try await Self.router().send(.post, target)
        #expect(answer.status == (location == nil ? 404 : 308))
        #expect(answer.fields[.location] == location)
    }

    @Test("a rest at the root never redirects to another host")
    func openRedirect() async throws {
        let router = try Router.open { Get("/{all...}") { (_, all: PathRest) in all.encoded } }
        let answer = try await router.send(.get, "//evil.example/")
        #expect(answer.status == 200)
        #expect(answer.text == "/evil.example/")
    }

    @Test("HEAD is GET without content, through a socket")
    func head() async throws {
        try await Live.run(Self.router()) { server in
            let answer = try await server.send(HTTPRequest(.head, "/users/7"))
            #expect(answer.status == 200)
            #expect(answer.fields[.contentLength] == "6")
            #expect(answer.body.isEmpty)
        }
    }

    @Test("the template names the route, never the path")
    func template() throws {
        let router = try Self.router()
        let id = try #require(router.routeID(of: HTTPRequestHead(.head, "/users/7/posts/x")))
        #expect(router.names[id.index].description == "GET /users/{id}/posts/{slug}")
        #expect(router.routeID(of: HTTPRequestHead(.get, "/wp-admin.php")) == nil)
    }
}

import HTTP
import Routing
import Telemetry
import Testing

/// Mistakes in declarations are found at start, all of them.
@Suite("declaration mistakes") struct DeclarationMistakeTests {
    struct Body: RequestBody { let a: Int }
    struct Query: RequestQuery { let a: Int? }

    static func problems(
        _ routes: [any Routes],
        _ change: (inout RouterSettings) -> Void = { _ in }
    )
        -> [RoutingError.Code]
    {
        do {
            _ = try Router.open(change) { for route in routes.flatMap(\.all) { One(all: [route]) } }
            return []
        } catch {
            return (error as? RoutingError)?.problems.map(\.code) ?? []
        }
    }

    struct One: Routes { let all: [Route] }

    @Test(
        "a malformed path",
        arguments: [
            "", "a", "/a/", "//", "/a//b", "/a/../b", "/.", "/a%20b", "/a?b", "/a#b", "/{", "/{}", "/{a",
            "/a{b}",
            "/{a}b", "/{a b}", "/{é}", "/{a...}/b", "/{...}", "/{a}/{a}",
            "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}",
        ]
    )
    func path(path: String) {
        #expect(Self.problems([Get(path) { _ in "" }]).contains(.path))
    }

    @Test("paths and handlers that don't fit")
    func shapes() {
        func expect(_ code: RoutingError.Code, _ routes: any Routes...) {
            #expect(Self.problems(routes) == [code])
        }
        let text: @Sendable (Request) -> String = { _ in "" }
        expect(.duplicate, Get("/a", handler: text), Get("/a", handler: text))
        expect(.parameterName, Get("/{a}") { (_, _: Int) in "" }, Post("/{b}") { (_, _: Int) in "" })
        expect(
            .parameterName,
            Get("/{a...}") { (_, _: PathRest) in "" },
            Post("/{b...}") { (_, _: PathRest) in "" }
        )
        expect(.parameterCount, Get("/{a}", handler: text))
        expect(.parameterCount, Get("/a") { (_, _: Int) in "" })
        expect(.parameterCount, Get("/{a...}") { (_, _: String) in "" })
        expect(.parameterCount, Get("/{a}") { (_, _: PathRest) in "" })
        expect(.body, Get("/a") { (_, _: Body) in "" })
        expect(.body, Post("/a") { (_, _: Body, _: Body) in "" })
        expect(.query, Get("/a") { (_, _: Query, _: Query) in "" })
        expect(.limit, Get("/a", .timeout(.zero), handler: text))
        expect(.limit, Post("/a", .bodyLimit(-1), handler: text))
        expect(.setting, Get("/a", auth: .authenticated, handler: text))
        expect(.setting, Get("/a", auth: .open) { (_, _: Principal) in "" })
        expect(.setting, Post("/a", .idempotent, handler: text))
        expect(.setting, Post("/a") { (_, _: UploadedForm) in "" })
    }

    @Test("all at once, each with what to do")
    func all() throws {
        let error = try #require(throws: RoutingError.self) {
            _ = try Router {
                Get("a") { _ in "" }
                Get("/b", auth: .role("host")) { _ in "" }
                Get("/{c}", auth: .open) { _ in "" }
            }
        }
        #expect(error.problems.count == 3)
        #expect(error.description.contains("GET a: the path begins with no slash"))
        #expect(error.description.contains("GET /b: is not open, and the settings have no `authenticate`"))
        #expect(error.description.contains("GET /{c}: the path has 1 parameters (c), the handler takes 0"))
    }
}

import Foundation
import HTTP
import Reactor
import Routing
import Synchronization
import TestSupport
import Testing

/// What handlers may answer, and how they fail.
@Suite("responses") struct ResponseTests {
    struct Note: Codable { let id: Int }
    struct Mishap: Error {}

    private static func notes(_ id: Int) -> Note? { id == 1 ? Note(id: 1) : nil }

    private static func router() throws -> Router {
        try Router.open {
            Get("/value") { _ in Note(id: 1) }
            Get("/list") { _ in [Note(id: 1), Note(id: 2)] }
            Get("/maybe/{id}") { (_, id: Int) in notes(id) }
            Get("/text/{id}") { (_, id: Int) in id == 1 ? "one" : nil }
            Get("/created") { _ in Created(Note(id: 1)) }
            Get("/tagged/{id}") { (_, id: Int) in WithFields(notes(id), [.eTag: "\"1\""]) }
            Post("/tagged") { _ in Created(Note(id: 1), location: "/tagged/1", fields: [.eTag: "\"1\""]) }
            Delete("/gone") { _ in NoContent() }
            Get("/raw") { _ in HTTPResponse(.badGateway, fields: ["x-a": "b"]) }
            Get("/problem/{id}") { (_, id: Int) -> Note in throw Problem.notFound("note", id) }
            Get("/teapot") { _ -> Note in
                var problem = Problem.conflict("taken \"twice\"")
                problem.type = "https://example.test/taken"
                problem.title = "Taken"
                problem.extensions = [.init("seats", .integer(3)), .init("open", .boolean(false))]
                throw problem
            }
            Get("/mishap") { _ -> Note in throw Mishap() }
            Get("/infinite") { _ in Double.infinity }
            Get("/bytes") { _ in Streamed(contentType: "text/csv", Pieces(["a,b\n", "c,d\n"])) }
            Get("/lines") { _ in JSONLines(Numbers(count: 3)) }
        }
    }

    struct Pieces: AsyncSequence, Sendable {
        let pieces: [String]
        init(_ pieces: [String]) { self.pieces = pieces }
        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: ArraySlice<String>
            mutating func next() async throws -> [UInt8]? { rest.popFirst().map { Array($0.utf8) } }
        }
        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: pieces[...]) }
    }

    struct Numbers: AsyncSequence, Sendable {
        let count: Int
        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: Range<Int>
            mutating func next() async throws -> Note? { rest.popFirst().map { Note(id: $0) } }
        }
        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: 0..<count) }
    }

    @Test(
        "each kind of answer",
        arguments: [
            ("/value", 200, "application/json", "{\"id\":1}"),
            ("/list", 200, "application/json", "[{\"id\":1},{\"id\":2}]"),
            ("/maybe/1", 200, "application/json", "{\"id\":1}"),
            ("/text/1", 200, "text/plain; charset=utf-8", "one"),
            ("/created", 201, "application/json", "{\"id\":1}"), ("/raw", 502, nil, ""),
            ("/bytes", 200, "text/csv", "a,b\nc,d\n"),
            ("/lines", 200, "application/x-ndjson", "{\"id\":0}\n{\"id\":1}\n{\"id\":2}\n"),
        ] as [(String, Int, String?, String)]
    )
    func kinds(path: String, status: Int, type: String?, text: String) async throws {
        try await Live.run(Self.router()) { server in
            let answer = try await server.send(HTTPRequest(.get, path))
            #expect(answer.status == status)
            #expect(answer.fields[.contentType] == type)
            #expect(answer.text == text)
        }
    }

    @Test("nothing is 204, nil is 404")
    func none() async throws {
        let router = try Self.router()
        #expect(try await router.send(.delete, "/gone").status == 204)
        for path in ["/maybe/2", "/text/2"] {
            let answer = try await router.send(.get, path)
            #expect(answer.status == 404)
            #expect(try answer.reason == "not_found")
        }
    }

    @Test("a problem is its own answer (RFC 9457 §3)")
    func problem() async throws {
        let router = try Self.router()
        let missing = try await router.send(.get, "/problem/3")
        #expect(
            missing.text == """
                {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no note 3",\
                "instance":"/problem/3","reason":"not_found","retryable":false}
                """
        )
        let taken = try await router.send(.get, "/teapot")
        #expect(
            taken.text == """
                {"type":"https://example.test/taken","title":"Taken","status":409,"detail":"taken \\"twice\\"",\
                "instance":"/teapot","reason":"conflict","retryable":false,"seats":3,"open":false}
                """
        )
    }

    @Test("another error is a 500 without its text", arguments: ["/mishap", "/infinite"])
    func mishap(path: String) async throws {
        try await Live.run(Self.router()) { server in
            let answer = try await server.send(HTTPRequest(.get, path))
            #expect(answer.status == 500)
            #expect(!answer.text.contains("Mishap"))
            #expect(!answer.text.contains("infinite"))
        }
    }

    @Test("a handler over the route's time is cancelled, and the client gets 503")
    func timeout() async throws {
        let router = try Router.open {
            Get("/slow", .timeout(.milliseconds(30))) { _ in
                // Ends only because it is cancelled.
                try await Task.sleep(for: .seconds(3600))
                return ""
            }
            Get("/fast") { _ in "fast" }
        }
        try await Live.run(router) { server in
            let slow = try await server.send(HTTPRequest(.get, "/slow"))
            #expect(slow.status == 503)
            let fast = try await server.send(HTTPRequest(.get, "/fast"))
            #expect(fast.text == "fast")
        }
    }

    @Test("files below a rest")
    func files() async throws {
        let folder = try TemporaryFolder()
        try Data("hello".utf8).write(to: folder.url.appending(path: "a b.txt"))
        let files = FileResponder(root: folder.path, pool: try TestLoops.one.blocking)
        let router = try Router.open {
            Get("/static/{path...}") { (request, path: PathRest) in
                try await files.response(to: request.head, path: "/" + path.encoded)
            }
        }
        #expect(try await router.send(.get, "/static/a%20b.txt").text == "hello")
        #expect(try await router.send(.get, "/static/nothing").status == 404)
    }

    @Test("a value may have more fields, and none where there is none")
    func fields() async throws {
        let router = try Self.router()
        let answer = try await router.send(.get, "/tagged/1")
        #expect(answer.status == 200 && answer.fields["etag"] == "\"1\"" && answer.text == #"{"id":1}"#)
        let absent = try await router.send(.get, "/tagged/2")
        #expect(absent.status == 404 && absent.fields["etag"] == nil)
        let made = try await router.send(.post, "/tagged")
        #expect(
            made.status == 201 && made.fields["etag"] == "\"1\"" && made.fields["location"] == "/tagged/1"
        )
    }
}

import Foundation
import HTTP
import Routing
import Synchronization
import Telemetry
import Testing

/// The face as a service author uses it; that it compiles is half of the test.
@Suite("the face of routes") struct FaceTests {
    struct Note: Codable {
        let id: UUID
        var title: String
        let owner: String
    }
    struct NewNote: RequestBody, Validatable {
        let title: String
        func validate(_ check: inout Validation) {
            check.require("title", !title.isEmpty, "must not be empty")
        }
    }
    struct Search: RequestQuery { let q: String? }
    enum Shelf: String, PathParameter { case inbox, archive }
    /// An input of a service's own, from a header field.
    struct Language: HandlerInput {
        let tag: String
        static func describe(_ route: inout RouteShape) { route.addHeader("Accept-Language") }
        static func read(from call: inout RouteCall) -> Language {
            Language(tag: call.request.fields["accept-language"] ?? "en")
        }
    }

    final class Notes: Sendable {
        private let all = Mutex<[UUID: Note]>([:])

        @RoutesBuilder var routes: some Routes {
            Group("/notes", auth: .authenticated) {
                Get { [self] (request, search: Search) in
                    all.withLock { $0.values.filter { search.q.map($0.title.contains) ?? true } }
                }
                Post("", .summary("Adds a note")) { [self] (request, who: Principal, new: NewNote) in
                    let note = Note(id: UUID(), title: new.title, owner: who.subject)
                    all.withLock { $0[note.id] = note }
                    return Created(note, location: "/notes/\(note.id)")
                }
                Get("/{id}") { [self] (_, id: UUID) in all.withLock { $0[id] } }
                Put("/{id}") { [self] (_, id: UUID, who: Principal, new: NewNote) in
                    try all.withLock { all in
                        guard var note = all[id] else { throw Problem.notFound("note", id) }
                        guard note.owner == who.subject else { throw Problem.forbidden() }
                        note.title = new.title
                        all[id] = note
                        return note
                    }
                }
                Delete("/{id}", auth: .role("admin")) { [self] (_, id: UUID) in
                    all.withLock { $0[id] = nil }
                    return NoContent()
                }
            }
            Get("/shelves/{shelf}/{row}", auth: .open) { (_, shelf: Shelf, row: UInt8, language: Language) in
                "\(shelf) \(row) \(language.tag)"
            }
        }
    }

    private static func router() throws -> Router {
        var settings = RouterSettings()
        settings.authenticate = { $0.fields[.authorization].map { Principal(subject: $0) } }
        let notes = Notes()
        return try Router(settings: settings) { notes.routes }
    }

    @Test("create, find, change, as an owner and as another")
    func notes() async throws {
        let router = try Self.router()
        let ann: HTTPFields = [.authorization: "ann"]
        let created = try await router.send(.post, "/notes", json: #"{"title":"Milk"}"#, fields: ann)
        let place = try #require(created.fields[.location])
        #expect(created.status == 201)
        #expect(try await router.send(.get, place, fields: ann).text == created.text)
        #expect(try await router.send(.get, "/notes?q=Mi", fields: ann).text == "[\(created.text)]")
        #expect(try await router.send(.get, "/notes?q=x", fields: ann).text == "[]")
        let changed = try await router.send(.put, place, json: #"{"title":"Tea"}"#, fields: ann)
        #expect(changed.text.contains("Tea"))
        let bob: HTTPFields = [.authorization: "bob"]
        #expect(try await router.send(.put, place, json: #"{"title":"x"}"#, fields: bob).status == 403)
        #expect(try await router.send(.put, place, json: #"{"title":""}"#, fields: bob).places == ["#/title"])
        #expect(try await router.send(.delete, place, fields: ann).status == 403)
        #expect(try await router.send(.get, "/notes/\(UUID())", fields: ann).status == 404)
    }

    @Test(
        "enums, small integers and inputs of one's own",
        arguments: [
            ("/shelves/inbox/255", 200, "inbox 255 fr"), ("/shelves/inbox/256", 404, nil),
            ("/shelves/attic/1", 404, nil),
        ] as [(String, Int, String?)]
    )
    func inputs(path: String, status: Int, text: String?) async throws {
        let answer = try await Self.router().send(.get, path, fields: ["accept-language": "fr"])
        #expect(answer.status == status)
        if let text { #expect(answer.text == text) }
    }

    @Test("conditions and loops declare routes")
    func control() async throws {
        func router(_ isDebug: Bool) throws -> Router {
            try Router.open {
                if isDebug { Get("/debug") { _ in "debug" } }
                if isDebug { Get("/mode") { _ in "a" } } else { Get("/mode") { _ in "b" } }
                for name in ["x", "y"] { Get("/\(name)") { _ in name } }
            }
        }
        #expect(try await router(true).send(.get, "/debug").status == 200)
        #expect(try await router(false).send(.get, "/debug").status == 404)
        #expect(try await router(false).send(.get, "/mode").text == "b")
        #expect(try await router(false).send(.get, "/y").text == "y")
    }
}

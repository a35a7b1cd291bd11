import Foundation
import HTTP
import JSON
import Reactor
import Routing
import TestSupport
import Testing

/// `/openapi.json`, made from the declarations.
@Suite("OpenAPI") struct OpenAPITests {
    enum Kind: String, Codable, CaseIterable, PathParameter { case gift, plain }
    enum Opaque: String, Codable { case only }
    struct Author: Codable {
        let name: String
        let age: UInt8?
    }
    struct Comment: Codable {
        let text: String
        let answers: [Comment]
    }
    struct Note: Codable {
        let id: UUID
        let title: String
        let kind: Kind
        let tags: [String]
        let author: Author?
        let made: Date
        let counts: [String: Int]
        let comments: [Comment]
    }
    struct NewNote: RequestBody {
        let title: String
        let author: Author?
    }
    struct Stated: RequestBody, SchemaProviding {
        let price: Double
        static let schema = JSONSchema.object([("price", .number)], required: ["price"])
    }
    struct Half: RequestBody {
        let first: Int
        let opaque: Opaque
        let last: Int
    }
    struct Page: RequestQuery {
        let q: String
        let limit: Int?
        let kinds: [Kind]
    }

    private static func router() throws -> Router {
        var settings = RouterSettings()
        settings.authenticate = { _ in nil }
        settings.idempotency = MemoryIdempotencyStore()
        settings.openAPI = OpenAPIInfo(title: "Notes", version: "1.2.3", summary: "Keeps notes")
        settings.uploads = UploadSettings(pool: try TestLoops.one.blocking)
        return try Router(settings: settings) {
            Group("/notes", .tags("notes")) {
                Get(auth: .open, .summary("Finds notes")) { (_, _: Page) in [Note]() }
                Post(auth: .scope("write"), .idempotent) { (_, _: NewNote) -> Created<Note> in
                    throw Problem(.notFound)
                }
                Get("/{id}", auth: .role("author")) { (_, _: UUID) in nil as Note? }
                Delete("/{id}") { (_, _: UUID) in NoContent() }
                Post("/{id}/file") { (_, _: UUID, _: UploadedForm) in "" }
                Put("/{id}/{kind}") { (_, _: UUID, _: Kind, _: Stated) in NoContent() }
                Patch("/{id}") { (_, _: UUID, _: Half) in NoContent() }
            }
            Get("/files/{path...}", auth: .open) { (_, _: PathRest) in HTTPResponse(.ok) }
            Get("/events", auth: .open) { _ in ServerSentEvents(AsyncStream<ServerEvent> { $0.finish() }) }
        }
    }

    private static func document() async throws -> JSONValue {
        let answer = try await router().send(.get, "/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.fields[.contentType] == "application/json")
        return try answer.json
    }

    /// What stands at a place of the document, as JSON.
    private static func at(_ path: [String], _ document: JSONValue) throws -> String? {
        var value: JSONValue? = document
        for step in path {
            if case .array? = value, let index = Int(step) {
                value = value?[index]
            } else {
                value = value?[step]
            }
        }
        return try value.map { String(decoding: try JSONText.encode($0), as: UTF8.self) }
    }

    static let places: [([String], String)] = [
        (["openapi"], "\"3.1.0\""),
        (["info"], #"{"title":"Notes","version":"1.2.3","summary":"Keeps notes"}"#),
        (["paths", "/notes", "get", "tags"], #"["notes"]"#),
        (["paths", "/notes", "get", "security"], "[]"),
        (["paths", "/notes", "post", "security"], #"[{"bearer":["write"]}]"#),
        (
            ["paths", "/notes", "get", "parameters", "0"],
            #"{"name":"q","in":"query","required":true,"schema":{"type":"string"}}"#
        ),
        (["paths", "/notes", "get", "parameters", "1", "required"], "false"),
        (
            ["paths", "/notes", "get", "parameters", "2"],
            ##"{"name":"kinds","in":"query","required":false,"schema":{"type":"array","items":{"$ref":"#/components/schemas/Kind"}}}"##
        ),
        (
            ["paths", "/notes/{id}", "get", "parameters"],
            #"[{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}}]"#
        ),
        (
            ["paths", "/notes/{id}/{kind}", "put", "parameters", "1", "schema"],
            #"{"type":"string","enum":["gift","plain"]}"#
        ),
        (
            ["paths", "/notes", "post", "requestBody", "content", "application/json", "schema"],
            ##"{"$ref":"#/components/schemas/NewNote"}"##
        ),
        (["paths", "/notes", "post", "parameters", "0", "name"], "\"Idempotency-Key\""),
        (
            ["paths", "/notes", "post", "responses", "201", "content", "application/json", "schema"],
            ##"{"$ref":"#/components/schemas/Note"}"##
        ),
        (["paths", "/notes", "post", "responses", "409"], ##"{"$ref":"#/components/responses/Problem"}"##),
        (["paths", "/notes/{id}", "delete", "responses", "204"], #"{"description":"No Content"}"#),
        (["paths", "/files/{path}", "get", "parameters", "0", "name"], "\"path\""),
        (
            ["components", "schemas", "NewNote"],
            ##"{"type":"object","properties":{"title":{"type":"string"},"author":{"$ref":"#/components/schemas/Author"}},"required":["title"]}"##
        ),
        (
            ["components", "schemas", "Author", "properties", "age"],
            #"{"type":"integer","minimum":0,"maximum":255}"#
        ),
        (
            ["components", "schemas", "Note", "required"],
            #"["id","title","kind","tags","made","counts","comments"]"#
        ),
        (
            ["components", "schemas", "Note", "properties", "made"],
            #"{"type":"string","format":"date-time"}"#
        ),
        (["components", "schemas", "Note", "properties", "counts", "type"], "\"object\""),
        (["components", "schemas", "Kind"], #"{"type":"string","enum":["gift","plain"]}"#),
        (
            ["components", "schemas", "Comment", "properties", "answers"],
            ##"{"type":"array","items":{"$ref":"#/components/schemas/Comment"}}"##
        ),
        (
            ["components", "schemas", "Stated"],
            #"{"type":"object","properties":{"price":{"type":"number"}},"required":["price"]}"#
        ),
        // A type whose sample is refused half-way: what was seen, and nothing said to be required.
        (["components", "schemas", "Half", "properties", "first", "type"], "\"integer\""),
    ]

    @Test("says what is declared", arguments: places)
    func says(path: [String], json: String) async throws {
        #expect(try Self.at(path, await Self.document()) == json)
    }

    @Test("a half-seen type requires nothing")
    func half() async throws {
        let document = try await Self.document()
        #expect(try Self.at(["components", "schemas", "Half", "required"], document) == nil)
    }

    @Test("types of one name are told apart")
    func names() async throws {
        enum A { struct Item: RequestBody { let a: Int } }
        enum B { struct Item: RequestBody { let b: Int } }
        let router = try Router.open {
            $0.openAPI = OpenAPIInfo(title: "t", version: "1")
        } routes: {
            Post("/a") { (_, _: A.Item) in NoContent() }
            Post("/b") { (_, _: B.Item) in NoContent() }
        }
        let document = try await router.send(.get, "/openapi.json").json
        #expect(
            try Self.at(["components", "schemas", "Item", "properties", "a", "type"], document)
                == "\"integer\""
        )
        #expect(
            try Self.at(["components", "schemas", "Item2", "properties", "b", "type"], document)
                == "\"integer\""
        )
    }

    @Test("is valid by the official schema of OpenAPI 3.1", .enabled(if: Program.isPythonWanted))
    func valid() async throws {
        let text = try await Self.router().send(.get, "/openapi.json").body
        #expect(try await Self.validate(text) == "")
        let broken = Array(#"{"openapi":"3.1.0","info":{"title":"a"},"paths":{"b":{}}}"#.utf8)
        #expect(try await Self.validate(broken) != "")
    }

    private static func validate(_ document: [UInt8]) async throws -> String {
        String(decoding: try await Program.ask(Program.script("validate.py"), input: document), as: UTF8.self)
    }
}

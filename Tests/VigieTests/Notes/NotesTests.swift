import Foundation
import PostgresServer
import TestSupport
import Testing
import Vigie
import VigieTesting

@testable import Notes

@Suite("the example Notes", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct NotesTests {
    private static func run(
        on server: TestServer? = nil,
        _ settings: [String: String] = [:],
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        let server = try server ?? .shared
        let url = server.url(try await server.database())
        try await TestService.run(
            Notes.self,
            settings: settings.merging(["database.url": url, "instance.probe-interval": "100ms"]) { own, _ in
                own
            },
            body
        )
    }

    private struct Written: Decodable {
        let id: UUID
        let title: String
        let text: String
    }

    private static func write(
        _ notes: TestService,
        _ title: String,
        as subject: String
    ) async throws -> Written {
        var writer = JSONWriter()
        writer.value(["title": .string(title), "text": "…"])
        let answer = try await notes.post(
            "/notes",
            json: String(decoding: writer.bytes, as: UTF8.self),
            as: subject
        )
        #expect(answer.status == 201)
        let note = try answer.decode(Written.self)
        #expect(answer.fields["location"] == "/notes/\(note.id)")
        return note
    }

    @Test("a note is written, read, changed, listed and removed by its owner")
    func life() async throws {
        try await Self.run { notes in
            let note = try await Self.write(notes, "Milk", as: "anna")
            let path = "/notes/\(note.id)"
            #expect(try await notes.get(path, as: "anna").decode(Written.self).title == "Milk")
            let changed = try await notes.send(.put, path, json: #"{"title":"Bread","text":""}"#, as: "anna")
            #expect(try changed.decode(Written.self).title == "Bread")
            _ = try await Self.write(notes, "Eggs", as: "anna")
            let list = try await notes.get("/notes?limit=1", as: "anna").decode([Written].self)
            #expect(list.map(\.title) == ["Eggs"])
            #expect(try await notes.send(.delete, path, as: "anna").status == 204)
            #expect(try await notes.get(path, as: "anna").status == 404)
            #expect(try await notes.send(.delete, path, as: "anna").status == 404)
        }
    }

    @Test("what is somebody else's is not there, and nobody in particular is 401")
    func ownership() async throws {
        try await Self.run { notes in
            let note = try await Self.write(notes, "Private", as: "anna")
            let path = "/notes/\(note.id)"
            let change = #"{"title":"Stolen","text":""}"#
            #expect(try await notes.get(path, as: "bob").status == 404)
            #expect(try await notes.send(.put, path, json: change, as: "bob").status == 404)
            #expect(try await notes.send(.delete, path, as: "bob").status == 404)
            #expect(try await notes.get("/notes", as: "bob").text == "[]")
            #expect(try await notes.get(path).status == 401)
            #expect(try await notes.get(path, as: "anna").decode(Written.self).title == "Private")
        }
    }

    @Test("mistakes are named, each of them")
    func validation() async throws {
        try await Self.run { notes in
            let title = String(repeating: "x", count: 201)
            let answer = try await notes.post("/notes", json: #"{"title":"\#(title)","text":7}"#, as: "anna")
            #expect(answer.status == 422 && answer.text.contains("#/text"))
            let rule = try await notes.post("/notes", json: #"{"title":"\#(title)","text":""}"#, as: "anna")
            #expect(rule.status == 422 && rule.text.contains("must have 1 to 200 characters"))
            #expect(try await notes.get("/notes?limit=0&offset=-1", as: "anna").text.contains("offset"))
            #expect(try await notes.get("/notes?limt=5", as: "anna").status == 422)
            #expect(try await notes.get("/notes/7", as: "anna").status == 404)
        }
    }

    @Test(
        "strings that would be SQL are text",
        arguments: ["'; DROP TABLE note; --", "\\' OR 1=1", "$1", "é\u{1F600}"]
    )
    func injection(title: String) async throws {
        try await Self.run { notes in
            let note = try await Self.write(notes, title, as: title)
            let read = try await notes.get("/notes/\(note.id)", as: title).decode(Written.self)
            #expect(read.title == title)
        }
    }

    @Test("an Idempotency-Key writes once, also when both requests come at once")
    func idempotent() async throws {
        try await Self.run { notes in
            let send = { @Sendable (title: String) in
                try await notes.send(
                    .post,
                    "/notes",
                    json: #"{"title":"\#(title)","text":""}"#,
                    as: "anna",
                    fields: ["idempotency-key": "k1"]
                )
            }
            async let first = send("Once")
            async let second = send("Once")
            let ids = try await [first.decode(Written.self).id, second.decode(Written.self).id]
            #expect(Set(ids).count == 1)
            let again = try await send("Once")
            #expect(again.status == 201 && again.fields["idempotency-replayed"] == "true")
            #expect(try await send("Other").status == 422)
            #expect(try await notes.get("/notes", as: "anna").decode([Written].self).count == 1)
        }
    }

    @Test("a request is one trace, down to its statement")
    func trace() async throws {
        try await Self.run { notes in
            let note = try await Self.write(notes, "Traced", as: "anna")
            _ = try await notes.get("/notes/\(note.id)", as: "anna")
            try await eventually { notes.span(named: "GET /notes/{id}") != nil }
            let request = try #require(notes.span(named: "GET /notes/{id}"))
            let statement = try #require(notes.children(of: request).first)
            #expect(statement.name == "SELECT note" && statement.kind == .client)
            #expect(statement.attributes[.dbSystemName] == "postgresql")
            let labels = [
                "db_system_name": "postgresql", "db_operation_name": "SELECT", "db_collection_name": "note",
            ]
            #expect(notes.metric("db_client_operation_duration_seconds", labels) == 1)
            #expect(notes.metric("db_client_connections_max") == 10)
        }
    }

    @Test("while the database is away requests are 503 with Retry-After, and it comes back by itself")
    func databaseAway() async throws {
        let server = try TestServer()
        try await Self.run(on: server) { notes in
            let note = try await Self.write(notes, "Kept", as: "anna")
            server.kill()
            try await Self.until(notes, "/health/ready", is: 503)
            #expect(try await notes.get("/health/live").status == 200)
            let away = try await notes.get("/notes/\(note.id)", as: "anna")
            #expect(away.status == 503 && away.fields["retry-after"] != nil)
            #expect(away.fields["content-type"] == "application/problem+json")
            #expect(!away.text.contains("SELECT") && !away.text.contains(server.folder))
            server.start()
            try await Self.until(notes, "/health/ready", is: 200)
            #expect(try await notes.get("/notes/\(note.id)", as: "anna").decode(Written.self).title == "Kept")
        }
    }

    private static func until(_ notes: TestService, _ path: String, is status: Int) async throws {
        let end = MonotonicInstant.now + .seconds(30)
        var last = 0
        while last != status, .now < end { last = try await notes.get(path).status }
        #expect(last == status)
    }

    @Test(
        "promtool and Prometheus' own parser accept the whole exposition",
        .enabled(if: Program.isWanted("promtool"))
    )
    func exposition() async throws {
        try await Self.run { notes in
            _ = try await Self.write(notes, "Measured", as: "anna")
            _ = try await notes.get("/nowhere")
            let text = try await notes.get("/metrics").content
            let verdict = try await Program.run("promtool", ["check", "metrics"], input: text)
            #expect(verdict.exit == .exited(0), "\(verdict.text) \(verdict.error)")
            let accept: HTTPFields = ["accept": "application/openmetrics-text; version=1.0.0"]
            let open = try await notes.send(.get, "/metrics", fields: accept)
            #expect(open.text.hasSuffix("# EOF\n") && open.text.contains("# {trace_id=\""))
            let script = """
                import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
                print(sum(1 for _ in read(sys.stdin.read())))
                """
            let python = try #require(Program.python)
            let count = try await Program.run(python, ["-c", script], input: open.content)
            #expect(
                (Int(count.text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 20,
                "\(count.error)"
            )
        }
    }
}

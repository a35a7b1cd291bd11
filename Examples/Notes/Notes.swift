import FoundationEssentials
import Vigie

/// Notes of people: each sees and changes their own.
@main struct Notes: Service {
    static let name: ServiceName = "notes"
    static let version = "1.0.0"
    private let database: PostgresPool

    init(_ setup: ServiceSetup) async throws {
        database = try await setup.postgres(migrations: [
            PostgresMigration(file: "0001_note.sql", PackageResources._001_note_sql)
        ])
    }

    var routes: some Routes {
        Group("/notes", .tags("notes")) {
            Get("", .summary("Your notes, the newest first")) { (_, page: Page, me: Principal) in
                try await database.all(
                    Note.self,
                    """
                    SELECT * FROM note WHERE owner = \(me.subject)
                    ORDER BY created_at DESC, id LIMIT \(page.limit ?? 20) OFFSET \(page.offset ?? 0)
                    """
                )
            }
            Post("", .summary("Writes a note"), .idempotent) { (_, draft: Draft, me: Principal) in
                let note = try await database.one(
                    Note.self,
                    """
                    INSERT INTO note (owner, title, text)
                    VALUES (\(me.subject), \(draft.title), \(draft.text)) RETURNING *
                    """
                )
                return Created(note, location: "/notes/\(note.id)")
            }
            Get("/{id}", .summary("A note of yours")) { (_, id: UUID, me: Principal) in
                try await database.first(
                    Note.self,
                    "SELECT * FROM note WHERE id = \(id) AND owner = \(me.subject)"
                )
            }
            Put("/{id}", .summary("Changes a note of yours")) { (_, id: UUID, draft: Draft, me: Principal) in
                try await database.first(
                    Note.self,
                    """
                    UPDATE note SET title = \(draft.title), text = \(draft.text)
                    WHERE id = \(id) AND owner = \(me.subject) RETURNING *
                    """
                )
            }
            Delete("/{id}", .summary("Removes a note of yours")) {
                (_, id: UUID, me: Principal) -> NoContent? in
                let count = try await database.execute(
                    "DELETE FROM note WHERE id = \(id) AND owner = \(me.subject)"
                )
                return count == 0 ? nil : NoContent()
            }
        }
    }
}

/// What a client writes.
struct Draft: RequestBody, Validatable {
    let title: String
    let text: String

    func validate(_ check: inout Validation) {
        check.require("title", (1...200).contains(title.count), "must have 1 to 200 characters")
        check.require("text", text.utf8.count <= 100_000, "must have at most 100 000 bytes")
    }
}

/// What a client reads.
struct Note: Codable, Sendable {
    let id: UUID
    let title: String
    let text: String
    let createdAt: Date
}

/// Which part of a long list.
struct Page: RequestQuery, Validatable {
    let limit: Int?
    let offset: Int?

    func validate(_ check: inout Validation) {
        check.require("limit", (1...100).contains(limit ?? 20), "must be 1 to 100")
        check.require("offset", (0...10_000).contains(offset ?? 0), "must be 0 to 10 000")
    }
}

import Foundation
import JSON
import PostgresServer
import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite(
    "outbox and idempotency",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(2))
)
struct EventTests {
    struct Stop: Error {}
    struct Created: Codable, Equatable { let name: String }

    @Test("an event leaves with its transaction, or not at all")
    func outbox() async throws {
        let pool = try await TestServer.shared.pool()
        try await pool.migrate([])
        let event = try OutboxEvent(
            type: "listing.created",
            key: "7",
            payload: Created(name: "É'"),
            headers: ["traceparent": "00-x"]
        )
        await #expect(throws: Stop.self) {
            try await pool.transaction { tx in
                try await tx.publish(event)
                throw Stop()
            }
        }
        #expect(try await pool.first(Int.self, "SELECT count(*) FROM vigie_outbox") == 0)
        try await pool.transaction { try await $0.publish(event) }
        struct Stored: Decodable {
            let id: UUID
            let type: String
            let key: String
            let payload: Created
            let headers: [String: String]
        }
        let stored = try #require(try await pool.first(Stored.self, "SELECT * FROM vigie_outbox"))
        #expect(stored.id == event.id && stored.type == event.type && stored.key == "7")
        #expect(stored.payload == Created(name: "É'") && stored.headers == ["traceparent": "00-x"])
        #expect(await code { try await pool.transaction { try await $0.publish(event) } } == .uniqueViolation)
        await pool.close()
    }

    @Test("a CloudEvent leaves under its type, in order of its subject, in the JSON event format")
    func cloudEvent() async throws {
        let pool = try await TestServer.shared.pool()
        try await pool.migrate([])
        let time = Date(timeIntervalSince1970: 1_800_000_000.25)
        let event = CloudEvent(
            "shop.order.created",
            from: "/shop/order",
            of: "7",
            Created(name: "É"),
            at: time
        )
        try await pool.transaction { try await $0.publish(event) }
        struct Stored: Decodable {
            let id: UUID
            let type: String
            let key: String
            let payload: [String: JSONValue]
            let headers: [String: String]
            let isWaiting: Bool
        }
        let stored = try #require(
            try await pool.first(
                Stored.self,
                "SELECT *, published_at IS NULL AS is_waiting FROM vigie_outbox"
            )
        )
        #expect(stored.id == event.id && stored.type == "shop.order.created" && stored.key == "7")
        #expect(stored.headers.isEmpty && stored.isWaiting)
        let expected: [String: JSONValue] = [
            "specversion": "1.0", "id": .string(event.id.uuidString.lowercased()), "source": "/shop/order",
            "type": "shop.order.created", "subject": "7", "time": "2027-01-15T08:00:00.250Z",
            "datacontenttype": "application/json", "data": ["name": "É"],
        ]
        #expect(stored.payload == expected)
        await pool.close()
    }

    @Test("days go in and come out")
    func days() async throws {
        let pool = try await TestServer.shared.pool()
        let day = try #require(CalendarDate("2024-02-29"))
        #expect(try await pool.first(CalendarDate.self, "SELECT \(day)::date") == day)
        #expect(try await pool.first(String.self, "SELECT (\(day)::date + 1)::text") == "2024-03-01")
        #expect(try await pool.first([CalendarDate].self, "SELECT \([day, day])::date[]") == [day, day])
        let before = try #require(CalendarDate("0000-12-31"))
        #expect(await code { try await pool.query("SELECT \(before)::date") } == .notEncodable)
        #expect(
            await code { _ = try await pool.first(CalendarDate.self, "SELECT 'infinity'::date") }
                == .notDecodable
        )
        await pool.close()
    }

    @Test("the first answer is stored and replayed; another request is a conflict; an old key is new again")
    func idempotency() async throws {
        let pool = try await TestServer.shared.pool { $0.maxConnections = 4 }
        try await pool.migrate([])
        let key = IdempotencyKey(key: "k", route: "POST /x", principal: "u", requestHash: [1, 2])
        let answer = KeptAnswer(
            status: 201,
            headers: [["location", "/x/1"], ["a", "1"], ["a", "2"]],
            body: [0, 255]
        )
        let verdicts = try await withThrowingTaskGroup(of: IdempotencyVerdict.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await pool.transaction { tx in
                        let verdict = try await tx.claim(key)
                        if verdict == .first { try await tx.store(answer, for: key) }
                        return verdict
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.count { $0 == .first } == 1)
        #expect(verdicts.count { $0 == .replay(answer) } == 3)
        var other = key
        other.requestHash = [3]
        let second = try await pool.transaction { [other] in try await $0.claim(other) }
        #expect(second == .conflict)
        other.principal = "v"
        let stranger = try await pool.transaction { [other] in try await $0.claim(other) }
        #expect(stranger == .first)
        try await pool.query("UPDATE vigie_idempotency SET expires_at = now() - interval '1 second'")
        #expect(try await pool.transaction { try await $0.claim(key) } == .first)
        #expect(try await pool.deleteExpiredAnswers() == 1)
        await pool.close()
    }

    @Test("an id of version 7 begins with its time (RFC 9562, A.6)")
    func version7() {
        var random = SplitMix(seed: 1)
        let id = UUID.version7(milliseconds: 0x017F_22E2_79B0, using: &random).uuidString
        #expect(id.hasPrefix("017F22E2-79B0-7"))
        #expect("89AB".contains(id.dropFirst(19).first ?? "x"))
        #expect(UUID.version7() != UUID.version7())
    }
}

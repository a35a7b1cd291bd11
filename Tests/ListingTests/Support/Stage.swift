import Foundation
import PostgresServer
import Vigie
import VigieTesting

@testable import Listing

/// Replicas of the service on one database, and people who use it.
struct Stage: Sendable {
    let database: String
    let anna = UUID().uuidString.lowercased()
    let bob = UUID().uuidString.lowercased()

    init() async throws { database = try await TestServer.shared.database() }

    /// Runs a replica that believes the same tokens as all others.
    func run(
        _ settings: [String: String] = [:],
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        let own = ["database.url": try TestServer.shared.url(database)]
        try await TestService.run(Listings.self, settings: own.merging(settings) { $1 }, body)
    }

    /// One replica on a new database.
    static func run(_ body: @Sendable (TestService, Stage) async throws -> Void) async throws {
        let stage = try await Stage()
        try await stage.run { try await body($0, stage) }
    }

    /// A pool of the test's own.
    @discardableResult func withPool<Value>(
        _ body: (PostgresPool) async throws -> Value
    ) async throws -> Value {
        let url = try TestServer.shared.url(database)
        let pool = try PostgresPool(PostgresSettings(url: url), on: TestServer.loop)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// The events so far, the oldest first.
    func events() async throws -> [Event] {
        try await withPool { pool in
            try await pool.all(
                Event.self,
                "SELECT type, key, payload, published_at FROM vigie_outbox ORDER BY position"
            )
        }
    }

    /// A row of the outbox.
    struct Event: Decodable {
        struct Payload: Decodable {
            struct Told: Decodable {
                let id: UUID
                let hostId: UUID
                let title: String?
                let photos: [Int]?
            }
            let specversion: String
            let id: UUID
            let source: String
            let type: String
            let subject: String
            let time: String
            let datacontenttype: String
            let traceparent: String?
            let data: Told
        }
        let type: String
        let key: String
        let payload: Payload
        let publishedAt: Date?
    }
}

/// A draft as JSON, with other members in the place of its own; nil takes one away.
func draft(_ changes: [String: String?] = [:]) -> String {
    var members: [String: String?] = [
        "title": #""Loft""#, "description": #""Two rooms.\nQuiet.""#, "propertyType": #""loft""#,
        "city": #""Lyon""#, "country": #""FR""#, "latitude": "45.76", "longitude": "4.83", "maxGuests": "4",
        "bedrooms": "1", "beds": "2", "bathrooms": "1", "amenities": #"["wifi","kitchen"]"#,
        "pricePerNight": #"{"amount":8900,"currency":"EUR"}"#,
    ]
    members.merge(changes) { $1 }
    let texts = members.sorted { $0.key < $1.key }.compactMap { name, value in
        value.map { "\"\(name)\":\($0)" }
    }
    return "{\(texts.joined(separator: ","))}"
}

extension TestService {
    /// Writes as a host.
    func write(
        _ method: HTTPMethod,
        _ path: String,
        _ json: String? = nil,
        as host: String,
        fields: HTTPFields = [:]
    ) async throws -> Answer {
        try await send(method, path, json: json, as: host, roles: ["guest", "host"], fields: fields)
    }

    /// Makes a listing.
    func offer(as host: String, _ changes: [String: String?] = [:]) async throws -> ListingView {
        try await write(.post, "/listings", draft(changes), as: host).decode(ListingView.self)
    }
}

extension TestService.Answer {
    var reason: String? { (try? json)?["reason"]?.string }

    /// What is wrong, by its place.
    var places: Set<String> {
        guard case .array(let errors)? = (try? json)?["errors"] else { return [] }
        return Set(errors.compactMap { ($0["pointer"] ?? $0["parameter"])?.string })
    }
}

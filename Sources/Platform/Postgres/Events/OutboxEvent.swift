public import FoundationEssentials
import JSON

/// Something that has happened, to be told to others after the transaction that made it has been committed.
public struct OutboxEvent: Sendable {
    /// Names it for ever: a receiver that sees it twice acts once.
    public let id: UUID
    /// What has happened: `listing.created`.
    public let type: String
    /// Events with the same key are delivered in order: the id of what it has happened to.
    public let key: String
    /// JSON.
    public let payload: String
    /// The trace context and the like.
    public let headers: [String: String]

    /// Makes an event with a new id.
    ///
    /// - Throws: ``PostgresError`` with code `notEncodable` when `payload` is no JSON.
    public init(
        type: String,
        key: String,
        payload: some Encodable,
        headers: [String: String] = [:],
        id: UUID = .version7()
    ) throws(PostgresError) {
        do {
            self.payload = String(decoding: try JSONText.encode(payload), as: UTF8.self)
        } catch {
            throw PostgresError(.notEncodable, "\(type): not JSON: \(error)")
        }
        self.id = id
        self.type = type
        self.key = key
        self.headers = headers
    }
}

extension PostgresTransaction {
    /// Writes an event to the outbox (`vigie_outbox`): it leaves when the transaction is committed, and never else.
    ///
    /// - Throws: ``PostgresError``; `uniqueViolation` for an id that has been published already.
    public func publish(_ event: OutboxEvent) async throws(PostgresError) {
        try await query(
            """
            INSERT INTO vigie_outbox (id, type, key, payload, headers)
            VALUES (\(event.id), \(event.type), \(event.key), \(event.payload), \(json: event.headers))
            """
        )
    }
}

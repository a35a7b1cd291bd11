public import FoundationEssentials
import JSON
import Telemetry

/// What has happened, in the form that others receive: CloudEvents 1.0.2 with the JSON event format (§3), and the
/// extension for distributed tracing.
public struct CloudEvent<Payload: Encodable & Sendable>: Sendable {
    /// Names it for ever, together with ``source``.
    public let id: UUID
    /// The service that it happened in, a URI reference: `/hometrip/listing`.
    public let source: String
    /// What has happened: `hometrip.listing.created`.
    public let type: String
    /// To what: the aggregate's id.
    public let subject: String
    /// When.
    public let time: Date
    /// What is told of it.
    public let data: Payload
    /// The trace in which it happened, as `traceparent`; nil outside of one.
    public let traceparent: String?

    /// Makes an event of now, in the current trace, with a new id.
    public init(
        _ type: String,
        from source: String,
        of subject: String,
        _ data: Payload,
        at time: Date = Date(),
        id: UUID = .version7()
    ) {
        (self.id, self.source, self.type, self.subject) = (id, source, type, subject)
        (self.time, self.data) = (time, data)
        let span = Context.current.span.context
        traceparent = span.isValid ? String(decoding: Traceparent.format(span), as: UTF8.self) : nil
    }
}

extension CloudEvent: Encodable {
    private enum Member: String, CodingKey {
        case specversion, id, source, type, subject, time, datacontenttype, data, traceparent
    }

    /// Writes the JSON event format.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode("1.0", forKey: .specversion)
        try members.encode(id, forKey: .id)
        try members.encode(source, forKey: .source)
        try members.encode(type, forKey: .type)
        try members.encode(subject, forKey: .subject)
        try members.encode(time, forKey: .time)
        try members.encode("application/json", forKey: .datacontenttype)
        try members.encode(data, forKey: .data)
        try members.encodeIfPresent(traceparent, forKey: .traceparent)
    }
}

extension PostgresTransaction {
    /// Writes an event to the outbox: its type is the subject under which it leaves, its subject the key that keeps events
    /// of one thing in order.
    ///
    /// - Throws: ``PostgresError``; `notEncodable` for data that are no JSON.
    public func publish<Payload>(_ event: CloudEvent<Payload>) async throws(PostgresError) {
        let headers = event.traceparent.map { ["traceparent": $0] } ?? [:]
        try await publish(
            OutboxEvent(type: event.type, key: event.subject, payload: event, headers: headers, id: event.id)
        )
    }
}

import FoundationEssentials
import JSON

/// Reads a session out of JSON (consul-http-api.md §4.6).
enum SessionBody {
    private static let seconds: Int64 = 1_000_000_000

    static func read(_ bytes: [UInt8], agent: String) throws(Refusal) -> Session {
        var session = Session(id: UUID().uuidString.lowercased(), node: agent)
        session.nodeChecks = [HealthCheck.serfID]
        guard !bytes.isEmpty else { return session }
        var fields = try BodyFields(decoding: bytes)
        session.name = try fields.text("Name") ?? ""
        if let node = try fields.text("Node"), !node.isEmpty { session.node = node }
        if let delay = fields.take("LockDelay") { session.lockDelay = try lockDelay(delay) }
        let behavior = try fields.text("Behavior") ?? ""
        guard let known = behavior.isEmpty ? .release : Session.Behavior(rawValue: behavior) else {
            throw Refusal(.failed, "Invalid Behavior setting '\(behavior)'")
        }
        session.behavior = known
        session.ttlText = try ttlText(&fields)
        session.ttl = try ttl(session.ttlText)
        let nodeChecks = try fields.texts("NodeChecks")
        let checks = try fields.texts("Checks")
        session.nodeChecks = nodeChecks ?? checks ?? session.nodeChecks
        for var check in try fields.objects("ServiceChecks") ?? [] {
            session.serviceChecks.append(try check.text("ID") ?? "")
        }
        return session
    }

    private static func ttlText(_ fields: inout BodyFields) throws(Refusal) -> String {
        guard let value = fields.take("TTL") else { return "" }
        switch value {
        case .string(let text): return text
        case .number(let number): return GoDuration.format(number.int64 ?? 0)
        default: throw BodyFields.mismatch(value, "TTL", "string")
        }
    }

    /// A text in Go's notation, or a number: below 1000 it means seconds, else nanoseconds.
    private static func lockDelay(_ value: JSONValue) throws(Refusal) -> Int64 {
        switch value {
        case .string(let text):
            guard let delay = text.isEmpty ? 0 : GoDuration.parse(text), delay >= 0 else {
                throw BodyFields.failure("time: invalid duration \"\(text)\"")
            }
            return delay
        case .number(let number):
            guard let delay = number.int64, delay >= 0 else { break }
            return delay < 1000 ? delay * seconds : delay
        default: break
        }
        throw BodyFields.mismatch(value, "LockDelay", "time.Duration")
    }

    private static func ttl(_ text: String) throws(Refusal) -> Int64 {
        guard !text.isEmpty else { return 0 }
        guard let ttl = GoDuration.parse(text) else {
            throw Refusal(.failed, "Invalid Session TTL '\(text)': time: invalid duration")
        }
        guard ttl == 0 || (10 * seconds...86_400 * seconds).contains(ttl) else {
            throw Refusal(.failed, "Invalid Session TTL '\(text)', must be between [10s=24h0m0s]")
        }
        return ttl
    }
}

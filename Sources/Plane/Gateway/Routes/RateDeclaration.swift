import Documents
import JSON

/// A rate limit of the gateway's file, by its name.
enum RateDeclaration {
    /// Reads `{"rate": "100/s", "burst": 200, "per": "client"}`.
    static func read(_ name: String, _ reader: inout ObjectReader) -> RateLimit? {
        let rate = reader.value("rate", "a rate such as \"100/s\", \"60/min\" or \"10/h\"") {
            $0.string.flatMap { Rate(parsing: $0) }
        }
        let burst = reader.integer("burst", 1...RateLimit.burstLimit)
        let kinds = RateLimit.KeyKind.allCases.map(\.rawValue).joined(separator: ", ")
        let key = reader.value("per", "one of \(kinds)") {
            $0.string.flatMap { RateLimit.KeyKind(rawValue: $0) }
        }
        guard let rate else {
            if !reader.has("rate") { reader.note("has no `rate`") }
            return nil
        }
        guard let limit = RateLimit(name, rate, burst: burst, by: key ?? .client) else {
            reader.note("is no name of a rate: 1 to 64 of a-z, A-Z, 0-9, `.`, `_` and `-`")
            return nil
        }
        return limit
    }
}

import FoundationEssentials

extension SQL {
    /// Collects a literal's parts.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var sql = SQL(text: "")

        /// Starts with room for the literal's parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            sql.parameters.reserve(interpolationCount)
        }

        /// Text as the programmer wrote it.
        public mutating func appendLiteral(_ literal: String) { sql.text += literal }

        /// A value, as a parameter.
        public mutating func appendInterpolation(_ value: some PostgresValue) { sql.bind(value) }

        /// A value or NULL, as a parameter. (Of its own, so that the compiler does not take it for a mistake.)
        public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) { sql.bind(value) }

        /// A part of a statement, or a quoted ``SQL/identifier(_:)``.
        public mutating func appendInterpolation(_ part: SQL) { sql.append(part) }

        /// A value as JSON text, for a `json` or `jsonb` place.
        public mutating func appendInterpolation(json value: some Encodable) {
            do {
                sql.bind(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
            } catch {
                sql.bind(String?.none)
                sql.failure = sql.failure ?? PostgresError(.notEncodable, "not JSON: \(error)")
            }
        }
    }
}

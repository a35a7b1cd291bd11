import HTTP

/// The token in `Authorization: Bearer …` (RFC 6750 §2.1).
enum BearerToken {
    private static let scheme = Array("bearer ".utf8)

    /// The token's bytes; nil without the field, with two of them, or with another scheme.
    static func find(in fields: HTTPFields) -> ArraySlice<UInt8>? {
        guard let value = fields.onlyValue(of: .authorization), value.count > scheme.count else { return nil }
        guard zip(value, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
        let token = value.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        return token.isEmpty ? nil : token
    }
}

package import HTTP

/// The token in `Authorization: Bearer …` (RFC 6750 §2.1).
package enum BearerToken {
    private static let scheme = Array("bearer ".utf8)

    /// The token's bytes; nil without the field, with two of them, or with another scheme.
    package static func find(in fields: HTTPFields) -> ArraySlice<UInt8>? {
        fields.onlyValue(of: .authorization).flatMap { find(inValue: $0) }
    }

    /// The token's bytes in the field's value; nil with another scheme, or none behind it.
    package static func find(inValue value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard value.count > scheme.count, zip(value, scheme).allSatisfy({ $0 | 0x20 == $1 }) else {
            return nil
        }
        let token = value.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        return token.isEmpty ? nil : token
    }
}

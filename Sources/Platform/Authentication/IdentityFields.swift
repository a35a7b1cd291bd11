package import HTTP

/// The fields by which the gateway tells services who calls (defaults.md, "Gateway"). Nobody else may say them.
package enum IdentityFields {
    /// Who it is: the token's `sub`.
    package static let subject: HTTPFieldName = "x-auth-subject"
    /// The roles, with a space between.
    package static let roles: HTTPFieldName = "x-auth-roles"
    /// The scopes, with a space between (RFC 6749 §3.3).
    package static let scopes: HTTPFieldName = "x-auth-scopes"

    /// Whether a field's name is `X-Auth-` and anything, in any case, or would be taken for one: programs that make
    /// variables of names (CGI, WSGI) take `_` and `-` for the same, some every other sign too.
    package static func isReserved(_ name: Span<UInt8>) -> Bool {
        guard name.count >= 7, name[0] | 0x20 == UInt8(ascii: "x"), isSeparator(name[1]), isSeparator(name[6])
        else { return false }
        return name[2] | 0x20 == UInt8(ascii: "a") && name[3] | 0x20 == UInt8(ascii: "u")
            && name[4] | 0x20 == UInt8(ascii: "t") && name[5] | 0x20 == UInt8(ascii: "h")
    }

    /// Whether a byte is neither a letter nor a digit.
    private static func isSeparator(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") >= 26 && byte &- UInt8(ascii: "0") >= 10
    }
}

import HTTP
import Reactor

/// A request's fields as they go upstream: what belongs to this hop is taken out, what only the gateway may say is taken
/// out and said anew (RFC 9110 §7.6, hostile-input.md H24, H25).
///
/// `Connection` may name any field to be dropped at this hop, but none that is the gateway's own: those go by the list
/// here, whatever a client says.
struct ForwardedFields {
    /// What the gateway alone may say; clients' values never pass.
    private static let owned: [HTTPFieldName] = [
        .xForwardedFor, .xForwardedProto, .xForwardedHost, .xAuthSubject, .xAuthRoles, .xAuthScopes,
    ]
    private static let protected = HTTPFields.endToEnd + owned + ["baggage", "via", "x-request-deadline-ms"]
    private static let via: HTTPFields = ["via": "1.1 vigie"]

    /// What is to be said of the client.
    let client: ClientAddress
    /// Who is connected.
    let peer: SocketAddress?

    /// The fields that go upstream.
    func outgoing(_ fields: HTTPFields) -> HTTPFields {
        var source = fields
        source.removeHopByHop(protecting: Self.protected)
        var result = source.filtered(addingBytes: 512, fields: 14, dropping: Self.isOwned)
        appendForwarded(of: source, to: &result)
        result.append(contentsOf: Self.via)
        return result
    }

    private func appendForwarded(of source: HTTPFields, to result: inout HTTPFields) {
        let before = client.isForwarded ? source.values(of: .xForwardedFor) : []
        let address = peer.map { Array($0.host.utf8) } ?? Array("unknown".utf8)
        if before.isEmpty {
            result.append(.xForwardedFor, bytes: address)
        } else {
            var chain: [UInt8] = []
            for value in before { chain += value + [UInt8(ascii: ","), UInt8(ascii: " ")] }
            result.append(.xForwardedFor, bytes: chain + address)
        }
        if client.isForwarded, let scheme = source.onlyValue(of: .xForwardedProto) {
            result.append(.xForwardedProto, bytes: scheme)
        } else {
            result.append(.xForwardedProto, "http")
        }
        if client.isForwarded, let host = source.onlyValue(of: .xForwardedHost) {
            result.append(.xForwardedHost, bytes: host)
        } else if let host = source.value(of: .host) {
            result.append(.xForwardedHost, bytes: host)
        }
    }

    /// Whether a client's field goes no further.
    private static func isOwned(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 6: HTTPFields.isName(name, "expect")
        case 9:
            HTTPFields.isName(name, "x-api-key") || HTTPFields.isName(name, "forwarded") || isIdentity(name)
                || HTTPFields.isName(name, "x-real-ip")
        case 12...: startsWithX(name) && (isForwarding(name) || isIdentity(name))
        default: isIdentity(name)
        }
    }

    private static func startsWithX(_ name: Span<UInt8>) -> Bool { name[0] | 0x20 == UInt8(ascii: "x") }

    /// `X-Forwarded-` and anything.
    private static func isForwarding(_ name: Span<UInt8>) -> Bool {
        name.count > 12 && HTTPFields.isName(name.extracting(0..<12), "x-forwarded-")
    }

    /// `X-Auth-` and anything.
    private static func isIdentity(_ name: Span<UInt8>) -> Bool {
        name.count > 7 && HTTPFields.isName(name.extracting(0..<7), "x-auth-")
    }
}

extension HTTPFieldName {
    /// X-Auth-Subject: who a request acts for, as the gateway has verified it.
    static let xAuthSubject: HTTPFieldName = "x-auth-subject"
    /// X-Auth-Roles.
    static let xAuthRoles: HTTPFieldName = "x-auth-roles"
    /// X-Auth-Scopes.
    static let xAuthScopes: HTTPFieldName = "x-auth-scopes"
}

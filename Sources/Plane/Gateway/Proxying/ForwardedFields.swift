import HTTP
import Reactor

/// A request's fields as they go upstream: what belongs to this hop is taken out, what only the gateway may say is taken
/// out and said anew (RFC 9110 §7.6, hostile-input.md H24, H25).
///
/// `Connection` may name any field to be dropped at this hop, but none that is the gateway's own: those go by the list
/// here, whatever a client says.
enum ForwardedFields {
    /// What the gateway alone may say, or what others rely on; `Connection` can't name it away.
    private static let protected =
        HTTPFields.endToEnd
        + [.xForwardedFor, .xForwardedProto, .xForwardedHost, "baggage", "via", "x-request-deadline-ms"]
    private static let via: HTTPFields = ["via": "1.1 vigie"]
    private static let overHTTP: HTTPFields = [.xForwardedProto: "http", "via": "1.1 vigie"]

    /// The fields that go upstream.
    ///
    /// - Parameters:
    ///   - fields: as they came.
    ///   - peer: who is connected.
    ///   - isForwarded: whether that is a trusted proxy, whose word is passed on.
    ///   - drops: what else goes no further, by its name.
    /// - Returns: the fields, with room for some more.
    static func outgoing(
        _ fields: HTTPFields,
        from peer: SocketAddress?,
        isForwarded: Bool,
        dropping drops: (Span<UInt8>) -> Bool
    ) -> HTTPFields {
        var result = fields.passedOn(
            protecting: protected,
            addingBytes: 512,
            fields: 16,
            dropping: { isReplaced($0) || drops($0) }
        )
        if isForwarded {
            appendForwarded(of: fields, from: peer, to: &result)
        } else {
            append(peer, to: &result)
            if let host = fields.value(of: .host) { result.append(.xForwardedHost, bytes: host) }
            result.append(contentsOf: overHTTP)
        }
        return result
    }

    /// Whether a trailer goes no further: it would say what only the gateway says of a request, and some services take trailers
    /// for fields (RFC 9110 §6.5.1).
    static func isDroppedTrailer(_ name: Span<UInt8>) -> Bool {
        isReplaced(name) || protected.contains { HTTPFields.isName(name, of: $0) }
    }

    private static func append(_ peer: SocketAddress?, to result: inout HTTPFields) {
        result.append(.xForwardedFor, upTo: SocketAddress.hostByteLimit, isSafe: true) { out in
            if let peer { peer.appendHost(to: &out) } else { out.append(literal: "unknown") }
        }
    }

    /// What a trusted proxy said, with itself behind it.
    private static func appendForwarded(
        of source: HTTPFields,
        from peer: SocketAddress?,
        to result: inout HTTPFields
    ) {
        let before = source.values(of: .xForwardedFor)
        let count = before.reduce(0) { $0 + $1.count + 2 }
        result.append(.xForwardedFor, upTo: count + SocketAddress.hostByteLimit) { out in
            for value in before {
                for byte in value { out.append(byte) }
                out.append(literal: ", ")
            }
            if let peer { peer.appendHost(to: &out) } else { out.append(literal: "unknown") }
        }
        result.append(.xForwardedProto, bytes: source.onlyValue(of: .xForwardedProto) ?? http)
        if let host = source.onlyValue(of: .xForwardedHost) ?? source.value(of: .host) {
            result.append(.xForwardedHost, bytes: host)
        }
        result.append(contentsOf: via)
    }

    private static let http = Array("http".utf8)[...]

    /// Whether a client's field goes no further: it is said anew, here or by the client of the service, or it was for the
    /// gateway.
    private static func isReplaced(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 6: HTTPFields.isName(name, "expect")
        case 9: HTTPFields.isName(name, "forwarded") || HTTPFields.isName(name, "x-real-ip")
        case 13...: HTTPFields.isName(name.extracting(0..<12), "x-forwarded-")
        default: false
        }
    }
}

import HTTP
import Reactor

/// A request's fields as they go upstream: what belongs to this hop is taken out, what only the gateway may say is taken
/// out and said anew (RFC 9110 §7.6, hostile-input.md H24, H25).
///
/// `Connection` may name any field to be dropped at this hop, but none that is the gateway's own: those go by the list
/// here, whatever a client says.
struct ForwardedFields {
    /// What the gateway alone may say, or what others rely on; `Connection` can't name it away.
    private static let protected =
        HTTPFields.endToEnd
        + [.xForwardedFor, .xForwardedProto, .xForwardedHost, "baggage", "via", "x-request-deadline-ms"]
    private static let via: HTTPFields = ["via": "1.1 vigie"]
    private static let overHTTP: HTTPFields = [.xForwardedProto: "http", "via": "1.1 vigie"]

    /// What is to be said of the client.
    let client: ClientAddress
    /// Who is connected.
    let peer: SocketAddress?

    /// The fields that go upstream.
    ///
    /// - Parameters:
    ///   - fields: as they came.
    ///   - drops: what else goes no further, by its name.
    /// - Returns: the fields, with room for some more.
    func outgoing(_ fields: HTTPFields, dropping drops: (Span<UInt8>) -> Bool) -> HTTPFields {
        var result = fields.passedOn(
            protecting: Self.protected,
            addingBytes: 512,
            fields: 16,
            dropping: { Self.isReplaced($0) || drops($0) }
        )
        if client.isForwarded {
            appendForwarded(of: fields, to: &result)
        } else {
            appendPeer(to: &result)
            if let host = fields.value(of: .host) { result.append(.xForwardedHost, bytes: host) }
            result.append(contentsOf: Self.overHTTP)
        }
        return result
    }

    /// Whether a trailer goes no further: it would say what only the gateway says of a request, and some services take trailers
    /// for fields (RFC 9110 §6.5.1).
    static func isDroppedTrailer(_ name: Span<UInt8>) -> Bool {
        isReplaced(name) || protected.contains { HTTPFields.isName(name, of: $0) }
    }

    private func appendPeer(to result: inout HTTPFields) {
        result.append(.xForwardedFor, upTo: SocketAddress.hostByteLimit, isSafe: true) { out in
            if let peer { peer.appendHost(to: &out) } else { out.append(literal: "unknown") }
        }
    }

    /// What a trusted proxy said, with itself behind it.
    private func appendForwarded(of source: HTTPFields, to result: inout HTTPFields) {
        let before = source.values(of: .xForwardedFor)
        let count = before.reduce(0) { $0 + $1.count + 2 }
        result.append(.xForwardedFor, upTo: count + SocketAddress.hostByteLimit) { out in
            for value in before {
                for byte in value { out.append(byte) }
                out.append(literal: ", ")
            }
            if let peer { peer.appendHost(to: &out) } else { out.append(literal: "unknown") }
        }
        result.append(.xForwardedProto, bytes: source.onlyValue(of: .xForwardedProto) ?? Self.http)
        if let host = source.onlyValue(of: .xForwardedHost) ?? source.value(of: .host) {
            result.append(.xForwardedHost, bytes: host)
        }
        result.append(contentsOf: Self.via)
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

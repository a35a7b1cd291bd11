import HTTP

/// A token among the protocols that a WebSocket's client offers: `Sec-WebSocket-Protocol: chat, bearer.<token>`.
///
/// A browser's `WebSocket` can send no `Authorization`; the protocols are the only field that a page may fill
/// (RFC 6455 §4.1), and a token in the URL would stand in logs. What a token is made of may stand there (RFC 9110 §5.6.2).
enum SocketToken {
    private static let field: HTTPFieldName = "sec-websocket-protocol"
    private static let prefix = Array("bearer.".utf8)

    /// The tokens among the offered protocols.
    static func all(in fields: HTTPFields) -> [ArraySlice<UInt8>] {
        members(of: fields).filter { $0.starts(with: prefix) }.map { $0.dropFirst(prefix.count) }
    }

    /// Takes tokens out of the offered protocols, and puts the only one into `Authorization` where that is not there: the
    /// service behind verifies it again.
    static func move(in fields: inout HTTPFields) {
        guard fields.contains(field) else { return }
        let members = members(of: fields)
        let tokens = members.filter { $0.starts(with: prefix) }
        guard !tokens.isEmpty else { return }
        let others = members.filter { !$0.starts(with: prefix) }
        fields.remove(field)
        if !others.isEmpty { fields.append(field, bytes: Array(others.joined(separator: Array(", ".utf8)))) }
        guard tokens.count == 1, !fields.contains(.authorization) else { return }
        fields.append(.authorization, bytes: Array("Bearer ".utf8) + tokens[0].dropFirst(prefix.count))
    }

    private static func members(of fields: HTTPFields) -> [ArraySlice<UInt8>] {
        fields.values(of: field).flatMap { $0.split(separator: UInt8(ascii: ",")) }
            .map { trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ member: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = member.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let end = start.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return end.map { start[...$0] } ?? []
    }
}

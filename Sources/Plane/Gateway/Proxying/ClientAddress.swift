import HTTP
import Reactor

/// Whose request it is, and how it came to the first proxy that is believed.
///
/// Only what a trusted proxy sent is believed (features of RFC 7239 §8.1): the addresses in `X-Forwarded-For` are read from
/// the right, and the first one that is no trusted proxy is the client's.
struct ClientAddress: Sendable {
    /// The client; nil where nobody knows (a Unix socket without a proxy's word).
    let address: SocketAddress?
    /// Whether the request came from a trusted proxy, whose fields are passed on.
    let isForwarded: Bool

    /// Finds it. `peer` is who is connected; nil for a Unix socket, which counts as trusted: only the machine's own
    /// processes that may open its file reach it.
    init(of fields: HTTPFields, from peer: SocketAddress?, trusting proxies: [AddressBlock]) {
        guard !proxies.isEmpty, Self.isTrusted(peer, proxies) else {
            address = peer
            isForwarded = false
            return
        }
        isForwarded = true
        var found = peer
        let chain = fields.values(of: .xForwardedFor).flatMap { $0.split(separator: UInt8(ascii: ",")) }
        for entry in chain.reversed() {
            guard let hop = Self.address(in: entry) else { break }
            found = hop
            guard Self.isTrusted(hop, proxies) else { break }
        }
        address = found
    }

    private static func isTrusted(_ peer: SocketAddress?, _ proxies: [AddressBlock]) -> Bool {
        guard let peer else { return true }
        if case .unix = peer { return true }
        return proxies.contains { $0.contains(peer) }
    }

    /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; nil for what is no address.
    private static func address(in entry: ArraySlice<UInt8>) -> SocketAddress? {
        let text = String(decoding: entry, as: UTF8.self).trimmed
        guard text.utf8.count <= 64, !text.hasPrefix("unix:") else { return nil }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return SocketAddress(numericHost: String(text[text.index(after: text.startIndex)..<end]), port: 0)
        }
        if let address = SocketAddress(numericHost: text, port: 0) { return address }
        let parts = text.split(separator: ":")
        return parts.count == 2 ? SocketAddress(numericHost: String(parts[0]), port: 0) : nil
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension HTTPFieldName {
    /// X-Forwarded-For.
    static let xForwardedFor: HTTPFieldName = "x-forwarded-for"
    /// X-Forwarded-Proto.
    static let xForwardedProto: HTTPFieldName = "x-forwarded-proto"
    /// X-Forwarded-Host.
    static let xForwardedHost: HTTPFieldName = "x-forwarded-host"
}

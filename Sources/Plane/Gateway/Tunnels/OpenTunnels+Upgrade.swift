public import HTTP

extension OpenTunnels {
    /// Whether a request asks to become a WebSocket, so that it is to go out by `ServiceClient.upgrade(_:on:)`.
    ///
    /// All other protocols are ignored, `h2c` among them, as RFC 9110 §7.8 allows.
    public static func isWanted(by request: HTTPRequest) -> Bool {
        // Asked of the same bytes as by who looks for a token among the protocols (`Credential`).
        request.upgrade != nil && request.head.method == .get
            && request.head.fields.contains(.upgrade, token: "websocket")
    }

    /// Makes the request to the upstream ask for a WebSocket and nothing else; to be called when its hop-by-hop fields
    /// have been taken out. The handshake's own fields (`Sec-WebSocket-*`) are end to end.
    public static func ask(in head: inout HTTPRequestHead) { head.fields.set(.upgrade, "websocket") }

    /// The answer to a client whose upstream has said this: 101 with the upstream's fields, and a tunnel behind it, or the
    /// upstream's own answer.
    ///
    /// - Parameters:
    ///   - answer: of the upstream, to a request that ``ask(in:)`` made.
    ///   - ended: told how the tunnel ended, once, when there was one.
    /// - Returns: what the handler returns.
    public func response(
        to answer: UpgradeAnswer,
        ended: (@Sendable (TunnelEnd) -> Void)? = nil
    ) -> HTTPResponse {
        switch answer {
        case .answered(let response): return response
        case .switched(var head, let upstream):
            head.fields.removeHopByHop()
            return .switching(to: "websocket", fields: head.fields) { client in
                let end = await self.relay(client, upstream)
                ended?(end)
            }
        }
    }
}

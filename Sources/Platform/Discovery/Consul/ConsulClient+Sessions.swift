import HTTP

/// Sessions: what ends by itself when nobody renews it, and takes its keys along.
extension ConsulClient {
    /// Makes a session; without other checks it ends when the agent's node fails.
    ///
    /// - Returns: its id.
    public func createSession(_ definition: SessionDefinition) async throws(ConsulError) -> String {
        let body = try encode(definition, "PUT /v1/session/create")
        let answer = try await send(ConsulTarget("/v1/session/create"), Call(method: .put, body: body))
        return try decode(SessionID.self, answer).id
    }

    /// Begins the session's time anew; false when there is no such session any more.
    public func renewSession(_ id: String) async throws(ConsulError) -> Bool {
        let call = Call(method: .put, alsoTakes: [.notFound])
        return try await send(ConsulTarget("/v1/session/renew", id), call).status != .notFound
    }

    /// Ends a session, whether there is one or not.
    public func destroySession(_ id: String) async throws(ConsulError) {
        _ = try await send(ConsulTarget("/v1/session/destroy", id), Call(method: .put))
    }
}

private struct SessionID: Decodable {
    let id: String

    private enum CodingKeys: String, CodingKey { case id = "ID" }
}

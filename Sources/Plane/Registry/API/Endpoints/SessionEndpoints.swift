import HTTP
import JSON

/// Sessions (consul-http-api.md §4.6).
enum SessionEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/session/create", (.put, create)),
        Endpoint("/v1/session/destroy/*", (.put, destroy)),
        Endpoint("/v1/session/renew/*", (.put, renew)),
        Endpoint("/v1/session/info/*", (.get, info)),
        Endpoint("/v1/session/list", (.get, list)),
        Endpoint("/v1/session/node/*", (.get, node)),
    ]

    private static let create: Endpoint.Handler = { api, request in
        let session = try SessionBody.read(try await request.content(), agent: api.agent.name)
        _ = try await api.write { (state, now) throws(Refusal) in try state.create(session, at: now) }
        return APIAnswer.json(request) { json in json.object { $0.member("ID", session.id) } }
    }

    private static let destroy: Endpoint.Handler = { api, request in
        let id = request.name
        _ = try await api.write { (state, now) throws(Refusal) in state.end(session: id, at: now) }
        return .literal(true)
    }

    private static let renew: Endpoint.Handler = { api, request in
        let id = request.name
        let session = try await api.registry.write { (state, now) throws(Refusal) in state.renew(id, at: now)
        }
        guard let session else { throw Refusal(.notFound, "Session id '\(id)' not found") }
        return APIAnswer.json(request) { json in json.array([session]) { $0.session($1) } }
    }

    private static let info: Endpoint.Handler = { api, request in
        let id = request.name
        return try await sessions(api, request) { $0.id == id }
    }

    private static let list: Endpoint.Handler = { api, request in
        try await sessions(api, request) { _ in true }
    }

    private static let node: Endpoint.Handler = { api, request in
        let name = request.name
        return try await sessions(api, request) { $0.node == name }
    }

    private static func sessions(
        _ api: API,
        _ request: APIRequest,
        where isWanted: @Sendable (Session) -> Bool
    ) async throws -> APIAnswer {
        try await api.read(request, .sessions) { state, _, json in
            let found = state.tables.sessions.values.filter(isWanted).sorted { $0.id < $1.id }
            json.array(found) { $0.session($1) }
        }
    }
}

import HTTP
import JSON

/// The leader that a single node always is.
enum StatusEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/status/leader", (.get, leader)),
        Endpoint("/v1/status/peers", (.get, peers)),
        Endpoint("/v1/acl/*", (.get, noACL), (.put, noACL), (.post, noACL), (.delete, noACL)),
    ]

    private static let leader: Endpoint.Handler = { api, request in
        APIAnswer.json(request) { $0.string(api.agent.serverAddress) }
    }

    private static let peers: Endpoint.Handler = { api, request in
        APIAnswer.json(request) { $0.texts([api.agent.serverAddress]) }
    }

    private static let noACL: Endpoint.Handler = { _, _ in
        throw Refusal(.unauthorized, "ACL support disabled")
    }
}

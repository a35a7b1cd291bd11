import Authentication
import HTTP
import Telemetry

/// Who sent a request, and by what it is known.
struct EdgeIdentity: Sendable {
    /// What the request brought.
    enum Credential: Sendable, Hashable {
        /// A token, in `Authorization` or among a WebSocket's protocols.
        case token
        /// An API key, by its id.
        case apiKey(id: String)
    }

    private let identity: Identity

    init(_ identity: Identity) { self.identity = identity }

    /// By what it is known.
    var credential: Credential { identity.keyID.map { .apiKey(id: $0) } ?? .token }
    /// Who it is.
    var principal: Principal { identity.principal }
    /// `X-Auth-Subject`, `X-Auth-Roles`, `X-Auth-Scopes`, rendered once: to be added to what goes upstream.
    var fields: HTTPFields { identity.fields }
}

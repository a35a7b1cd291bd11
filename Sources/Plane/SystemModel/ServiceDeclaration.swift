/// A service of a system: `<program> <name>` is its process.
public struct ServiceDeclaration: Codable, Sendable, Equatable {
    /// What it is called in the registry, a DNS label.
    public var name: String
    /// Further names that it is registered by.
    public var aliases: [String]
    /// The first replica's port; others take free ones.
    public var port: Int
    /// How many there are at the start.
    public var replicas: Int
    /// Its database, of its own; nil for none.
    public var database: String?
    /// The services that must be ready before it starts.
    public var needs: [String]
    /// Settings by their environment names, `VIGIE_…`.
    public var settings: [String: String]
    /// Environment names that get a random secret, the same for all replicas, kept over restarts.
    public var secrets: [String]
    /// What it is asked for from outside.
    public var routes: [PublishedRoute]
    /// The most memory that a replica may take in a container, MiB.
    public var memoryMiB: Int

    /// Declares a service.
    public init(
        _ name: String,
        aliases: [String] = [],
        port: Int,
        replicas: Int = 1,
        database: String? = nil,
        needs: [String] = [],
        settings: [String: String] = [:],
        secrets: [String] = [],
        memoryMiB: Int = 128,
        routes: [PublishedRoute] = []
    ) {
        self.name = name
        self.aliases = aliases
        self.port = port
        self.replicas = replicas
        self.database = database
        self.needs = needs
        self.settings = settings
        self.secrets = secrets
        self.memoryMiB = memoryMiB
        self.routes = routes
    }
}

/// A route from the front through the gateway to a service (docs/gateway.md).
public struct PublishedRoute: Codable, Sendable, Equatable {
    /// The template: `/api/listings/{id}`, `/api/auth/{rest...}`.
    public var path: String
    /// Its methods; empty for all.
    public var methods: [String]
    /// Who may call.
    public var access: RouteAccess
    /// The front's zone.
    public var zone: String
    /// The largest content, such as `10MiB`; nil for the gateway's default.
    public var bodyLimit: String?
    /// How long the answer's head may take, such as `30s`; nil for the gateway's default.
    public var timeout: String?
    /// Whether the service replays first answers by `Idempotency-Key`.
    public var isIdempotent: Bool
    /// Whether answers may be kept as their `Cache-Control` says.
    public var isCached: Bool
    /// Whether clients may switch to a WebSocket.
    public var isWebSocket: Bool

    /// Declares a route.
    public init(
        _ path: String,
        methods: [String] = [],
        _ access: RouteAccess = .user,
        zone: String = "api",
        bodyLimit: String? = nil,
        timeout: String? = nil,
        isIdempotent: Bool = false,
        isCached: Bool = false,
        isWebSocket: Bool = false
    ) {
        self.path = path
        self.methods = methods
        self.access = access
        self.zone = zone
        self.bodyLimit = bodyLimit
        self.timeout = timeout
        self.isIdempotent = isIdempotent
        self.isCached = isCached
        self.isWebSocket = isWebSocket
    }

    /// What all its requests' paths are or lie below, without a slash at its end.
    public var prefix: String {
        let literal = path.prefix { $0 != "{" }
        return literal.count > 1 && literal.hasSuffix("/") ? String(literal.dropLast()) : String(literal)
    }
}

/// Who may call a route.
public enum RouteAccess: Codable, Sendable, Equatable {
    /// Everybody.
    case open
    /// Who is known.
    case user
    /// Who has one of these roles.
    case roles([String])
}

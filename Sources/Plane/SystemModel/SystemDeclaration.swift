/// A whole system, declared once: what `vigie up` starts, and what the gateway's routes, the front's zones and
/// `docker-compose.yml` are rendered from.
///
/// A system's program prints it as JSON when it is called with the one argument `system`; so any program can be a system.
public struct SystemDeclaration: Codable, Sendable, Equatable {
    /// What it is called, a DNS label: the audience of its tokens, its folder, its program.
    public var name: String
    /// What people call it.
    public var title: String
    /// What stands before all.
    public var front: FrontDeclaration
    /// What routes and authenticates.
    public var gateway: GatewayDeclaration
    /// Who signs the tokens; nil where nobody does.
    public var identity: IdentityDeclaration?
    /// The parts that are the system's own.
    public var services: [ServiceDeclaration]
    /// A first session with it, to be copied into a shell: lines in which `{origin}` is the front's https address and `{ca}`
    /// the file of the authority that its certificate comes from.
    public var tour: [String]

    /// Declares a system.
    public init(
        _ name: String,
        title: String,
        front: FrontDeclaration,
        gateway: GatewayDeclaration,
        identity: IdentityDeclaration? = nil,
        services: [ServiceDeclaration],
        tour: [String] = []
    ) {
        self.name = name
        self.title = title
        self.front = front
        self.gateway = gateway
        self.identity = identity
        self.services = services
        self.tour = tour
    }

    /// The service of that name or alias.
    public func service(_ name: String) -> ServiceDeclaration? {
        services.first { $0.name == name || $0.aliases.contains(name) }
    }

    /// All routes, in the order of their services.
    public var routes: [(service: ServiceDeclaration, route: PublishedRoute)] {
        services.flatMap { service in service.routes.map { (service, $0) } }
    }
}

/// nginx before the gateways.
public struct FrontDeclaration: Codable, Sendable, Equatable {
    /// Where it answers http, and sends everybody on to https.
    public var httpPort: Int
    /// Where it answers https.
    public var httpsPort: Int
    /// How often one client address may call, by zone.
    public var zones: [String: RateZone]
    /// Connections of one client address at once.
    public var connections: Int
    /// The folder of static files below the system's own; nil for none.
    public var staticFiles: String?

    /// Declares a front.
    public init(
        httpPort: Int,
        httpsPort: Int,
        zones: [String: RateZone],
        connections: Int = 100,
        staticFiles: String? = nil
    ) {
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.zones = zones
        self.connections = connections
        self.staticFiles = staticFiles
    }
}

/// How often one client address may call (nginx's `limit_req`).
public struct RateZone: Codable, Sendable, Equatable {
    /// A number by `s` or `min`: `10/s`, `5/min`.
    public var rate: String
    /// How many may come at once beyond that.
    public var burst: Int
    /// The most that the front takes.
    public static let burstLimit = 100_000

    /// Declares a zone.
    public init(_ rate: String, burst: Int) {
        self.rate = rate
        self.burst = burst
    }
}

/// The gateways between front and services.
public struct GatewayDeclaration: Codable, Sendable, Equatable {
    /// The first one's port; others take free ones.
    public var port: Int
    /// How many there are at the start.
    public var replicas: Int

    /// Declares gateways.
    public init(port: Int, replicas: Int = 2) {
        self.port = port
        self.replicas = replicas
    }
}

/// Whose tokens the system believes.
public struct IdentityDeclaration: Codable, Sendable, Equatable {
    /// The service that signs.
    public var service: String
    /// What stands behind the front's https address in `iss`: `/auth`.
    public var issuerPath: String
    /// Where the service answers its key set.
    public var keysPath: String

    /// Where others find the key set, whichever instance answers: the registry knows.
    var keysPlace: String { "service://\(service)\(keysPath)" }

    /// Declares who signs.
    public init(service: String, issuerPath: String, keysPath: String) {
        self.service = service
        self.issuerPath = issuerPath
        self.keysPath = keysPath
    }
}

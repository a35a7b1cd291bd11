import Documents
import JSON
import Vigie

/// What stands in the gateway's file.
struct GatewayDocument: Sendable {
    /// How many routes one document may have.
    static let routeLimit = 20_000

    /// The routes.
    var routes: [RouteDeclaration] = []
    /// How often may be asked, by name.
    var rates: [RateLimit] = []
    /// Who is believed.
    var authentication = EdgeAuthenticationSettings()
    /// The prefixes below which services may declare routes to themselves, by service.
    var grants: [ServiceName: [RouteGrant]] = [:]

    /// Reads a document.
    ///
    /// - Throws: ``DocumentError`` with every mistake in it.
    init(parsing bytes: [UInt8]) throws(DocumentError) {
        let mistakes = Mistakes()
        var reader = ObjectReader(try Self.value(of: bytes), at: "", mistakes)
        routes = reader.objects("routes", atMost: Self.routeLimit) { RouteDeclaration.read(&$0) }
        rates = reader.members("rates", RateDeclaration.read).map(\.value)
        authentication = reader.object("authentication", EdgeAuthenticationSettings.read) ?? authentication
        for (name, list) in reader.members("services", RouteGrant.read) {
            guard let service = ServiceName(name) else {
                mistakes.note(
                    "services.\(name)",
                    "is no service's name: 1 to 63 of a-z, 0-9 and -, a letter first"
                )
                continue
            }
            grants[service] = list
        }
        reader.finish()
        guard mistakes.list.isEmpty else { throw DocumentError(mistakes: mistakes.list) }
    }

    /// Reads the routes that a service asks for.
    static func routes(
        of service: ServiceName,
        parsing bytes: [UInt8]
    ) throws(DocumentError) -> [RouteDeclaration] {
        let mistakes = Mistakes()
        var reader = ObjectReader(try value(of: bytes), at: "", mistakes)
        let routes = reader.objects("routes", atMost: 1_000) { RouteDeclaration.read(&$0, service: service) }
        reader.finish()
        guard mistakes.list.isEmpty else { throw DocumentError(mistakes: mistakes.list) }
        return routes
    }

    /// Reads one route; `id` is its id where it names none.
    static func route(parsing bytes: [UInt8], id: String? = nil) throws(DocumentError) -> RouteDeclaration {
        let mistakes = Mistakes()
        var reader = ObjectReader(try value(of: bytes), at: "", mistakes)
        var route = RouteDeclaration.read(&reader)
        if let id {
            if reader.has("id"), route?.id != id { mistakes.note("id", "is another one than the path names") }
            if !(1...RouteDeclaration.idByteLimit).contains(id.utf8.count) {
                mistakes.note("id", "must have 1 to \(RouteDeclaration.idByteLimit) bytes")
            }
            route?.id = id
        }
        reader.finish()
        guard mistakes.list.isEmpty, let route else { throw DocumentError(mistakes: mistakes.list) }
        return route
    }

    private static func value(of bytes: [UInt8]) throws(DocumentError) -> JSONValue {
        do throws(JSONError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw DocumentError(mistakes: ["\(error)"])
        }
    }
}

/// What a service may declare routes below.
struct RouteGrant: Sendable, Hashable {
    /// The host; `*` for all.
    let host: HostPattern
    /// Whole literal segments: `/api/listings`.
    let prefix: String

    /// Whether a route lies within.
    func covers(_ route: RouteDeclaration) -> Bool {
        let start = route.path.literalStart
        let isBelow = prefix == "/" || start == prefix || start.hasPrefix(prefix + "/")
        return isBelow && (host == .any || host == route.host)
    }

    /// Reads `{"grants": ["/api/listings", "api.example.com/listings"]}`.
    static func read(_ name: String, _ reader: inout ObjectReader) -> [RouteGrant]? {
        reader.texts("grants").compactMap { text in
            let slash = text.firstIndex(of: "/") ?? text.endIndex
            let host = slash == text.startIndex ? HostPattern.any : HostPattern(String(text[..<slash]))
            let prefix = String(text[slash...])
            guard let host, !prefix.isEmpty, prefix == "/" || !prefix.hasSuffix("/"), !prefix.contains("{")
            else {
                reader.mistakes.note(
                    reader.place(of: "grants"),
                    "must be prefixes such as /api/listings or api.example.com/listings, not \(text.debugDescription)"
                )
                return nil
            }
            return RouteGrant(host: host, prefix: prefix)
        }
    }
}

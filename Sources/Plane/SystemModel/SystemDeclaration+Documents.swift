public import JSON

extension SystemDeclaration {
    /// The gateway's file (docs/gateway.md).
    public func gatewayDocument(at placement: Placement) -> JSONValue {
        var document: JSONObject = ["routes": .array(routes.map { Self.gatewayRoute($0.route, $0.service) })]
        if let identity, let issuer = issuer(at: placement) {
            let trusted: JSONValue = [
                "issuer": .string(issuer), "audiences": [.string(name)],
                "keys": .string(identity.keysPlace),
            ]
            document["authentication"] = ["issuers": [trusted]]
        }
        return .object(document)
    }

    private static func gatewayRoute(_ route: PublishedRoute, _ service: ServiceDeclaration) -> JSONValue {
        var members: JSONObject = ["path": .string(route.path), "service": .string(service.name)]
        if !route.methods.isEmpty { members["methods"] = .array(route.methods.map { .string($0) }) }
        if route.path.hasPrefix("/api/") { members["strip"] = "/api" }
        switch route.access {
        case .open: members["auth"] = "open"
        case .user: members["auth"] = "user"
        case .roles(let roles): members["auth"] = ["roles": .array(roles.map { .string($0) })]
        }
        if let limit = route.bodyLimit { members["bodyLimit"] = .string(limit) }
        if let timeout = route.timeout { members["timeout"] = .string(timeout) }
        if route.isIdempotent { members["idempotent"] = true }
        if route.isCached { members["cache"] = true }
        if route.isWebSocket { members["upgrade"] = ["websocket"] }
        return .object(members)
    }

    /// The front's file (docs/front.md): what a path begins with says which zone counts.
    public func frontDocument() -> JSONValue {
        var document: JSONObject = [
            "zones": .object(Self.zones(front.zones)), "connections": .number(JSONNumber(front.connections)),
            "locations": .array(locations()),
        ]
        if let limit = routes.compactMap(\.route.bodyLimit).max(by: { Self.bytes($0) < Self.bytes($1) }) {
            document["bodyLimit"] = .string(limit)
        }
        if let folder = front.staticFiles { document["static"] = .string(folder) }
        return .object(document)
    }

    private static func zones(_ zones: [String: RateZone]) -> JSONObject {
        var members = JSONObject()
        for (name, zone) in zones.sorted(by: { $0.key < $1.key }) {
            members[name] = ["rate": .string(zone.rate), "burst": .number(JSONNumber(zone.burst))]
        }
        return members
    }

    private func locations() -> [JSONValue] {
        var byPrefix: [String: PublishedRoute] = [:]
        for (_, route) in routes where byPrefix[route.prefix]?.isWebSocket != true {
            byPrefix[route.prefix] = route
        }
        return byPrefix.sorted { $0.key < $1.key }.map { prefix, route in
            var members: JSONObject = ["path": .string(prefix), "zone": .string(route.zone)]
            if route.isWebSocket { members["websocket"] = true }
            return .object(members)
        }
    }

    /// The number of bytes that a text such as `10MiB` says.
    private static func bytes(_ text: String) -> Int {
        let digits = text.prefix { $0.isNumber }
        let unit = ["KiB": 10, "MiB": 20, "GiB": 30][String(text.dropFirst(digits.count))] ?? 0
        return (Int(digits) ?? 0) << unit
    }
}

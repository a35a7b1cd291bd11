import Routing

/// Puts a table together and finds the routes that no request could tell apart.
struct RouteTableBuilder {
    /// A route that is not taken.
    struct Overlap {
        let route: GatewayRoute
        /// The one that is taken in its place.
        let other: GatewayRoute
    }

    private struct HostPaths {
        var tree = RouteTreeBuilder()
        var resources: [[GatewayRoute]] = []
    }

    private var hosts: [HostPattern: HostPaths] = [:]
    private var routes: [GatewayRoute] = []

    /// Adds a route, unless one that is there has its requests.
    ///
    /// - Returns: what is in its way; nil where it was added.
    mutating func add(_ route: GatewayRoute) -> Overlap? {
        var paths = hosts[route.declaration.host] ?? HostPaths()
        defer { hosts[route.declaration.host] = paths }
        let resource = paths.tree.insertUnnamed(route.declaration.path)
        if resource == paths.resources.count { paths.resources.append([]) }
        if let other = paths.resources[resource].first(where: { Self.overlap($0, route) })
            ?? wider(than: route, among: paths.resources[resource])
        {
            return Overlap(route: route, other: other)
        }
        paths.resources[resource].append(route)
        routes.append(route)
        return nil
    }

    /// Another source's route with the same path that has all the requests of a service's: by asking for more of them a service
    /// does not take out what the file or an operator protects.
    private func wider(than route: GatewayRoute, among routes: [GatewayRoute]) -> GatewayRoute? {
        guard case .service = route.source else { return nil }
        var candidates = routes
        if route.declaration.host != .any, var anyHost = hosts[.any] {
            let resource = anyHost.tree.insertUnnamed(route.declaration.path)
            if resource < anyHost.resources.count { candidates += anyHost.resources[resource] }
        }
        return candidates.first { $0.source != route.source && Self.covers($0, route) }
    }

    private static func covers(_ one: GatewayRoute, _ other: GatewayRoute) -> Bool {
        let (one, other) = (one.declaration, other.declaration)
        guard Set(one.headers).isSubset(of: other.headers) else { return false }
        return one.methods.isEmpty || !other.methods.isEmpty && Set(other.methods).isSubset(of: one.methods)
    }

    /// The table.
    func build() -> RouteTable {
        let hosts = hosts.mapValues { paths in
            RouteTable.Paths(
                // Who asks for `/private/` asks for what lies below `/private`, and not for what another route leaves over.
                tree: paths.tree.build(takesEmptyRests: true),
                resources: paths.resources.map { $0.sorted { Self.rank($0) > Self.rank($1) } }
            )
        }
        return RouteTable(routes: routes, hosts: hosts)
    }

    /// The more it asks of a request, the sooner it is looked at.
    private static func rank(_ route: GatewayRoute) -> Int {
        route.declaration.headers.count * 2 + (route.declaration.methods.isEmpty ? 0 : 1)
    }

    /// Whether two routes of one host and path ask for the same.
    private static func overlap(_ one: GatewayRoute, _ other: GatewayRoute) -> Bool {
        let (one, other) = (one.declaration, other.declaration)
        guard Set(one.headers) == Set(other.headers), one.methods.isEmpty == other.methods.isEmpty else {
            return false
        }
        return one.methods.isEmpty || !Set(one.methods).isDisjoint(with: other.methods)
    }
}

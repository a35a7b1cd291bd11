import HTTP
import Routing

/// All routes of the gateway, found by host, path, method and fields in one walk over the path.
///
/// It never changes: a new set of routes is a new table, and requests in flight go on with the old one. A named host comes
/// before a pattern of hosts, that before all hosts; literal text before a parameter; a route that names methods or
/// fields before one that does not.
final class RouteTable: Sendable {
    /// What there is for a request.
    enum Found {
        /// A route, and where its parameters stand in the target.
        case route(GatewayRoute, PathCaptures)
        /// The path has routes, none for this method: the methods of those that there are.
        case noMethod(allowed: [HTTPMethod])
        /// Nothing.
        case nothing
    }

    /// The routes of a host.
    struct Paths: Sendable {
        let tree: RouteTree
        /// At each of the tree's resources the routes with that path, the more special ones first.
        let resources: [[GatewayRoute]]
    }

    /// All routes, in the order of their sources.
    let routes: [GatewayRoute]
    private let hosts: [String: Paths]
    private let suffixes: [(suffix: String, paths: Paths)]
    private let anyHost: Paths
    private let hasHosts: Bool

    init(routes: [GatewayRoute], hosts: [HostPattern: Paths]) {
        self.routes = routes
        var named: [String: Paths] = [:]
        var suffixes: [(suffix: String, paths: Paths)] = []
        for (host, paths) in hosts {
            switch host {
            case .any: break
            case .exact(let name): named[name] = paths
            case .suffix(let suffix): suffixes.append((suffix, paths))
            }
        }
        self.hosts = named
        // The longer suffix is the more special one.
        self.suffixes = suffixes.sorted { $0.suffix.utf8.count > $1.suffix.utf8.count }
        anyHost = hosts[.any] ?? Paths(tree: RouteTreeBuilder().build(), resources: [])
        hasHosts = !named.isEmpty || !suffixes.isEmpty
    }

    /// Finds what serves a request. `end` is where the path ends in its target.
    func find(_ head: HTTPRequestHead, end: Int) -> Found {
        var allowed: [HTTPMethod] = []
        if hasHosts, let host = Self.host(of: head) {
            if let paths = hosts[host], let found = find(head, end, paths, &allowed) { return found }
            for (suffix, paths) in suffixes where host.hasSuffix(suffix) {
                if let found = find(head, end, paths, &allowed) { return found }
            }
        }
        if let found = find(head, end, anyHost, &allowed) { return found }
        return allowed.isEmpty ? .nothing : .noMethod(allowed: allowed)
    }

    private func find(
        _ head: HTTPRequestHead,
        _ end: Int,
        _ paths: Paths,
        _ allowed: inout [HTTPMethod]
    ) -> Found? {
        var captures = PathCaptures()
        var found: GatewayRoute?
        _ = paths.tree.find(head.targetBytes.span, end: end, &captures) { resource in
            for route in paths.resources[resource]
            where route.matches(head.fields) {
                guard route.serves(head.method) else {
                    allowed += route.declaration.methods
                    continue
                }
                found = route
                return true
            }
            return false
        }
        return found.map { .route($0, captures) }
    }

    /// The name that `Host` names, in lower case and without a port; nil without one.
    private static func host(of head: HTTPRequestHead) -> String? {
        guard let value = head.fields.value(of: .host) else { return nil }
        let isLiteral = value.first == UInt8(ascii: "[")
        let name = isLiteral ? value : value.prefix { $0 != UInt8(ascii: ":") }
        // A dot at the end names the same host (RFC 1034 §3.1).
        let trimmed = name.last == UInt8(ascii: ".") ? name.dropLast() : name
        return String(decoding: trimmed, as: UTF8.self).lowercased()
    }
}

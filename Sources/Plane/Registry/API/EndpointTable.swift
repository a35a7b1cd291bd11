import HTTP
import Telemetry

/// All endpoints, found by their path.
struct EndpointTable: Sendable {
    /// An endpoint and what followed its prefix, percent-decoded.
    struct Match {
        let place: Int
        let endpoint: Endpoint
        let rest: [UInt8]
    }

    let endpoints: [Endpoint]
    /// The routes of metrics, in the order of ``routeIndex(_:_:)``.
    let routes: [HTTPRouteName]
    private let exact: [String: Int]
    /// Places of those that take more, the longest prefix first.
    private let prefixes: [(prefix: [UInt8], place: Int)]
    private let firstRoutes: [Int]

    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        var exact: [String: Int] = [:]
        var prefixes: [(prefix: [UInt8], place: Int)] = []
        var routes: [HTTPRouteName] = []
        var firstRoutes: [Int] = []
        for (place, endpoint) in endpoints.enumerated() {
            if endpoint.takesRest {
                prefixes.append((Array(endpoint.prefix.utf8), place))
            } else {
                exact[endpoint.prefix] = place
            }
            firstRoutes.append(routes.count)
            let isQuiet = endpoint.prefix == "/health" || endpoint.prefix == "/metrics"
            routes += endpoint.methods.map { HTTPRouteName($0.method, endpoint.template, isQuiet: isQuiet) }
        }
        self.exact = exact
        self.prefixes = prefixes.sorted { $0.prefix.count > $1.prefix.count }
        self.routes = routes
        self.firstRoutes = firstRoutes
    }

    /// Finds the endpoint of a path; it is decoded once, and what follows the prefix may hold anything.
    func match(_ path: ArraySlice<UInt8>) -> Match? {
        guard let decoded = PercentText.decode(path) else { return nil }
        if let place = exact[String(decoding: decoded, as: UTF8.self)] {
            return Match(place: place, endpoint: endpoints[place], rest: [])
        }
        guard let found = prefixes.first(where: { decoded.starts(with: $0.prefix) }) else { return nil }
        return Match(
            place: found.place,
            endpoint: endpoints[found.place],
            rest: Array(decoded.dropFirst(found.prefix.count))
        )
    }

    /// The index among ``routes``; nil for a method that the endpoint doesn't have.
    func routeIndex(_ match: Match, _ method: HTTPMethod) -> Int? {
        match.endpoint.methods.firstIndex { $0.method == method }.map { firstRoutes[match.place] + $0 }
    }
}

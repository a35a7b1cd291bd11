import HTTP

/// One declared route: made by ``Get``, ``Post``, ``Put``, ``Patch`` and ``Delete``.
public struct Route: Sendable {
    let method: HTTPMethod
    private(set) var path: String
    /// Groups' options from the outermost, then the route's own: later ones win.
    private var settings: [RouteOption]
    let shape: RouteShape
    let endpoint: @Sendable (inout RouteCall) async throws -> HTTPResponse

    init(
        _ method: HTTPMethod,
        _ path: String,
        _ settings: [RouteOption],
        _ shape: RouteShape,
        _ endpoint: @escaping @Sendable (inout RouteCall) async throws -> HTTPResponse
    ) {
        self.method = method
        self.path = path
        self.settings = settings
        self.shape = shape
        self.endpoint = endpoint
    }

    /// The route as a group declares it.
    func inside(_ prefix: String, _ authorization: Authorization?, _ options: [RouteOption]) -> Route {
        var route = self
        route.path = prefix + path
        let own = RouteOption { $0.authorization = authorization ?? $0.authorization }
        route.settings = [own] + options + settings
        return route
    }

    var options: RouteOptions { settings.reduce(into: RouteOptions()) { $1.apply(&$0) } }
}

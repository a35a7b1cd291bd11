import HTTP

/// Checks routes and settles their options, at start.
struct RoutePlan {
    private let settings: RouterSettings
    private var routes: [CompiledRoute] = []
    private var resources: [Resource] = []
    private var builder = RouteTreeBuilder()
    private var problems: [RoutingError.Problem] = []

    init(_ settings: RouterSettings) { self.settings = settings }

    /// Adds a route, or notes what is wrong with it.
    mutating func add(_ route: Route) {
        let options = route.options
        do throws(PathPattern.Mistake) {
            let pattern = try PathPattern(route.path)
            check(route, pattern, options)
            insert(route, pattern, options)
        } catch {
            note(route, .path, "the path \(error.rawValue)")
        }
    }

    /// The routes by their ids, the resources and the tree that leads to them.
    func finish() throws(RoutingError) -> ([CompiledRoute], [Resource], RouteTree) {
        guard problems.isEmpty else { throw RoutingError(problems: problems) }
        return (routes, resources, builder.build())
    }

    private mutating func insert(_ route: Route, _ pattern: PathPattern, _ options: RouteOptions) {
        do throws(RouteTreeBuilder.NameConflict) {
            let number = try builder.insert(pattern)
            if number == resources.count { resources.append(Resource()) }
            guard resources[number].insert(routes.count, route.method) else {
                return note(route, .duplicate, "is declared twice: remove one")
            }
            routes.append(CompiledRoute(route, options, RouteID(index: routes.count), settings))
        } catch {
            let names = error.names.joined(separator: "` and `")
            note(route, .parameterName, "one parameter has two names, `\(names)`: choose one")
        }
    }

    private mutating func check(_ route: Route, _ pattern: PathPattern, _ options: RouteOptions) {
        let shape = route.shape
        let taken = shape.parameters
        if taken.count != pattern.names.count {
            let names = pattern.names.joined(separator: ", ")
            note(
                route,
                .parameterCount,
                "the path has \(pattern.names.count) parameters (\(names)), the handler takes \(taken.count)"
            )
        } else if taken.contains(where: \.isRest) != pattern.hasRest
            || taken.dropLast().contains(where: \.isRest)
        {
            note(route, .parameterCount, "`{name...}` is taken by a `PathRest`, the last path parameter")
        }
        if shape.contents.count > 1 { note(route, .body, "the handler takes the content twice") }
        if !shape.contents.isEmpty, route.method == .get || route.method == .delete {
            note(route, .body, "a \(route.method) request has no content: use POST, PUT or PATCH")
        }
        if shape.queries.count > 1 { note(route, .query, "the handler takes two queries: make them one") }
        if options.bodyLimit.map({ $0 < 0 }) ?? false || options.timeout.map({ $0 <= .zero }) ?? false {
            note(route, .limit, "a limit or a time is not positive")
        }
        checkSettings(route, options)
    }

    private mutating func checkSettings(_ route: Route, _ options: RouteOptions) {
        let authorization = options.authorization ?? settings.defaultAuthorization
        if !authorization.isOpen, settings.authenticate == nil {
            note(
                route,
                .setting,
                "is not open, and the settings have no `authenticate`: set it, or open the route"
            )
        }
        if authorization.isOpen, route.shape.takesPrincipal {
            note(route, .setting, "is open, so that no principal is known, and takes one")
        }
        if options.isIdempotent, settings.idempotency == nil {
            note(route, .setting, "is idempotent, and the settings have no `idempotency` store")
        }
        if options.isIdempotent, route.shape.answer.isStream {
            note(route, .setting, "is idempotent, and a stream can't be kept and sent again")
        }
        if route.shape.contents.contains(where: \.needsUploads), settings.uploads == nil {
            note(route, .setting, "takes files, and the settings have no `uploads`")
        }
    }

    private mutating func note(_ route: Route, _ code: RoutingError.Code, _ detail: String) {
        problems.append(.init(route: "\(route.method) \(route.path)", code: code, detail: detail))
    }
}

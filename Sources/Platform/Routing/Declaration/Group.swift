/// Routes under one prefix, with options that each of them has unless it says otherwise.
///
///     Group("/notes", auth: .authenticated) {
///         Get { request in try await notes.all() }
///         Get("/{id}") { (request, id: UUID) in try await notes.find(id) }
///     }
public struct Group: Routes {
    /// The routes, their paths with the prefix.
    public let all: [Route]

    /// Declares a group.
    ///
    /// - Parameters:
    ///   - prefix: stands before each path; may have parameters, which the handlers take first.
    ///   - auth: who may call, where a route does not say.
    ///   - options: apply before a route's own.
    ///   - routes: the declarations.
    public init(
        _ prefix: String = "",
        auth: Authorization? = nil,
        _ options: RouteOption...,
        @RoutesBuilder routes: () -> some Routes
    ) {
        all = routes().all.map { $0.inside(prefix, auth, options) }
    }
}

public import HTTP
import Telemetry

/// A verb that declares a route. What a handler takes stands in its parameters, what it answers in its result:
///
///     Get("/notes/{id}") { (request, id: UUID) in try await notes.find(id) }
///     Post("/notes", auth: .role("author")) { (request, note: NewNote) in Created(try await notes.add(note)) }
///
/// The first parameter is the ``Request``. The others are ``HandlerInput``s in any number: a ``PathParameter`` for each
/// `{…}` of the path in order, a ``RequestQuery``, a ``RequestBody``, a ``Multipart``, a ``Principal``. The result is an
/// `Encodable` value (200, JSON; nil is 404) or a ``ResponseContent``.
public protocol RouteDeclaration: Routes {
    /// The verb's method.
    static var method: HTTPMethod { get }
    /// Takes the route.
    init(_ route: Route)
}

extension RouteDeclaration {
    /// Declares a route.
    ///
    /// - Parameters:
    ///   - path: begins with a slash; `{name}` stands for a segment, `{name...}` at the end for all that is left. Empty
    ///     for the path of the group itself.
    ///   - auth: who may call; by default what the group says, else the router's default.
    ///   - options: limits and descriptions.
    ///   - handler: answers; runs on the connection's event loop, so nothing in it may block. It may throw a ``Problem``.
    public init<each Input: HandlerInput, Output: ResponseContent>(
        _ path: String = "",
        auth: Authorization? = nil,
        _ options: RouteOption...,
        handler: @escaping @Sendable (Request, repeat each Input) async throws -> Output
    ) {
        self.init(Self.route(path, auth, options, handler) { $0 })
    }

    /// Declares a route whose answer is a value: 200 with its JSON, or 404 for nil.
    ///
    /// - Parameters:
    ///   - path: begins with a slash; `{name}` stands for a segment, `{name...}` at the end for all that is left. Empty
    ///     for the path of the group itself.
    ///   - auth: who may call; by default what the group says, else the router's default.
    ///   - options: limits and descriptions.
    ///   - handler: answers; runs on the connection's event loop, so nothing in it may block. It may throw a ``Problem``.
    @_disfavoredOverload
    public init<each Input: HandlerInput, Output: Encodable & SendableMetatype>(
        _ path: String = "",
        auth: Authorization? = nil,
        _ options: RouteOption...,
        handler: @escaping @Sendable (Request, repeat each Input) async throws -> Output
    ) {
        self.init(Self.route(path, auth, options, handler) { JSONContent($0) })
    }

    private static func route<each Input: HandlerInput, Output: SendableMetatype, Content: ResponseContent>(
        _ path: String,
        _ authorization: Authorization?,
        _ options: [RouteOption],
        _ handler: @escaping @Sendable (Request, repeat each Input) async throws -> Output,
        _ content: @escaping @Sendable (Output) -> Content
    ) -> Route {
        var shape = RouteShape()
        repeat (each Input).describe(&shape)
        Content.describeAnswer(&shape)
        let auth = RouteOption { $0.authorization = authorization ?? $0.authorization }
        return Route(method, path, [auth] + options, shape) { call in
            let output = try await handler(call.request, repeat try await (each Input).read(from: &call))
            return try content(output).response(to: call.request)
        }
    }
}

/// Declares a GET route, which serves HEAD as well.
public struct Get: RouteDeclaration {
    /// GET.
    public static var method: HTTPMethod { .get }
    /// The route.
    public let all: [Route]
    /// Takes the route.
    public init(_ route: Route) { all = [route] }
}

/// Declares a POST route.
public struct Post: RouteDeclaration {
    /// POST.
    public static var method: HTTPMethod { .post }
    /// The route.
    public let all: [Route]
    /// Takes the route.
    public init(_ route: Route) { all = [route] }
}

/// Declares a PUT route.
public struct Put: RouteDeclaration {
    /// PUT.
    public static var method: HTTPMethod { .put }
    /// The route.
    public let all: [Route]
    /// Takes the route.
    public init(_ route: Route) { all = [route] }
}

/// Declares a PATCH route.
public struct Patch: RouteDeclaration {
    /// PATCH.
    public static var method: HTTPMethod { .patch }
    /// The route.
    public let all: [Route]
    /// Takes the route.
    public init(_ route: Route) { all = [route] }
}

/// Declares a DELETE route.
public struct Delete: RouteDeclaration {
    /// DELETE.
    public static var method: HTTPMethod { .delete }
    /// The route.
    public let all: [Route]
    /// Takes the route.
    public init(_ route: Route) { all = [route] }
}

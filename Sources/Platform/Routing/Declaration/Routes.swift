/// Something that declares routes: a verb with a handler, a ``Group``, or what ``RoutesBuilder`` makes of several.
public protocol Routes: Sendable {
    /// The routes, in order.
    var all: [Route] { get }
}

/// Several declarations as one.
public struct RouteList: Routes {
    /// The routes, in order.
    public let all: [Route]

    /// Takes routes.
    package init(_ all: [Route]) { self.all = all }
}

/// Collects declarations one under the other; `if` and `for` work as elsewhere.
@resultBuilder public enum RoutesBuilder: Sendable {
    /// Takes a declaration.
    public static func buildExpression(_ routes: some Routes) -> [Route] { routes.all }
    /// Puts declarations one behind the other.
    public static func buildBlock(_ parts: [Route]...) -> [Route] { parts.flatMap { $0 } }
    /// `if` without `else`.
    public static func buildOptional(_ part: [Route]?) -> [Route] { part ?? [] }
    /// `if` of `if … else`.
    public static func buildEither(first part: [Route]) -> [Route] { part }
    /// `else`.
    public static func buildEither(second part: [Route]) -> [Route] { part }
    /// `for`.
    public static func buildArray(_ parts: [[Route]]) -> [Route] { parts.flatMap { $0 } }
    /// The whole.
    public static func buildFinalResult(_ all: [Route]) -> RouteList { RouteList(all) }
}

import HTTP
import Telemetry

/// A route as requests meet it: all options settled.
final class CompiledRoute: Sendable {
    let id: RouteID
    let name: HTTPRouteName
    let authorization: Authorization
    let bodyLimit: Int
    let timeout: Duration?
    let isIdempotent: Bool
    let multipart: MultipartLimits
    let endpoint: @Sendable (inout RouteCall) async throws -> HTTPResponse

    init(_ route: Route, _ options: RouteOptions, _ id: RouteID, _ settings: RouterSettings) {
        self.id = id
        name = HTTPRouteName(route.method, route.path, isQuiet: options.isQuiet)
        authorization = options.authorization ?? settings.defaultAuthorization
        bodyLimit = options.bodyLimit ?? route.shape.contents.first?.byteCount ?? 1 << 20
        timeout = options.timeout
        isIdempotent = options.isIdempotent
        multipart = options.multipart
        endpoint = route.endpoint
    }
}

import Discovery
import Documents
import HTTP
import JSON
import Routing

/// What operators may do with a gateway's routes, on the admin listener.
struct GatewayAdministration: Sendable {
    let book: RouteBook
    let operators: OperatorRoutes

    private static let byteLimit = 64 * 1024

    @RoutesBuilder var routes: RouteList {
        Get("/admin/routes", .summary("The effective routes with their sources, and what is refused")) { _ in
            RouteView(book.view)
        }
        Get("/admin/routes/{id...}", .summary("One route, with every value")) { (_, id: PathRest) in
            guard let route = find(id.text) else { throw Problem.notFound("route", id.text) }
            return RouteView.value(of: route)
        }
        Put("/admin/routes/{id...}", .summary("Adds a route to all gateways, or changes it")) {
            (request, id: PathRest) in
            try await put(request, id.text)
        }
        Delete("/admin/routes/{id...}", .summary("Takes a route of an operator's away")) {
            (_, id: PathRest) in
            try await remove(id.text)
        }
    }

    private func find(_ id: String) -> GatewayRoute? { book.table.routes.first { $0.declaration.id == id } }

    private func put(_ request: Request, _ id: String) async throws -> HTTPResponse {
        let isNew = !operators.contains(id)
        if isNew, let other = find(id) {
            throw Problem.conflict("the route \(id) is of \(other.source): change it there")
        }
        let bytes = try await request.body.collect(upTo: Self.byteLimit)
        let route: RouteDeclaration
        do throws(DocumentError) {
            route = try GatewayDocument.route(parsing: bytes, id: id)
        } catch {
            throw Problem(
                .unprocessableContent,
                detail: error.mistakes.joined(separator: "; "),
                reason: "invalid_route",
                isRetryable: false
            )
        }
        do {
            try await operators.put(route, route.stored(bytes))
        } catch let error as DocumentError {
            throw Problem.conflict(error.mistakes.joined(separator: "; "))
        } catch let error as ConsulError {
            throw Problem(
                .serviceUnavailable,
                detail: "the registry did not take it: \(error)",
                reason: "registry_unavailable",
                isRetryable: true,
                fields: [.retryAfter: "1"]
            )
        }
        guard let route = find(id) else {
            throw Problem(.internalServerError, reason: "internal_error", isRetryable: false)
        }
        return HTTPResponse(
            isNew ? .created : .ok,
            fields: [.contentType: "application/json"],
            body: HTTPBody(try JSONText.encode(RouteView.value(of: route)))
        )
    }

    private func remove(_ id: String) async throws -> HTTPResponse {
        if !operators.contains(id), let other = find(id) {
            throw Problem.conflict("the route \(id) is of \(other.source): take it away there")
        }
        do {
            guard try await operators.remove(id) else { throw Problem.notFound("route", id) }
        } catch let error as ConsulError {
            throw Problem(
                .serviceUnavailable,
                detail: "the registry did not take it: \(error)",
                reason: "registry_unavailable",
                isRetryable: true,
                fields: [.retryAfter: "1"]
            )
        }
        return HTTPResponse(.noContent)
    }
}

extension PathRest {
    /// The rest as text, slashes as they came.
    fileprivate var text: String { segments.joined(separator: "/") }
}

extension RouteDeclaration {
    /// A document of the same route that names its id.
    fileprivate func stored(_ document: [UInt8]) throws -> [UInt8] {
        guard case .object(var object) = try JSONText.decode(JSONValue.self, from: document) else {
            return document
        }
        object["id"] = .string(id)
        return try JSONText.encode(JSONValue.object(object))
    }
}

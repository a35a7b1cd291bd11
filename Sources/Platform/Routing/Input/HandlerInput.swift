import HTTP
public import Telemetry

/// What a handler may take: its parameters say by their types what they are read from.
///
/// There is a protocol for each source (``PathParameter``, ``RequestQuery``, ``RequestBody``); a type of your own that is
/// read from elsewhere, such as a header field, conforms to this one.
public protocol HandlerInput: SendableMetatype {
    /// Notes what a route takes, for the checks at start and for `/openapi.json`.
    static func describe(_ route: inout RouteShape)

    /// Reads the value.
    ///
    /// - Throws: a ``Problem``, which is the answer then.
    static func read(from call: inout RouteCall) async throws -> Self
}

extension Principal: HandlerInput {
    /// Notes that the route needs to know who calls.
    public static func describe(_ route: inout RouteShape) { route.takesPrincipal = true }

    /// Who calls; on an open route nobody is known, and 401 the answer.
    public static func read(from call: inout RouteCall) throws -> Principal {
        guard let principal = call.request.principal else {
            throw Problem(.unauthorized, reason: "unauthenticated", fields: ["www-authenticate": "Bearer"])
        }
        return principal
    }
}

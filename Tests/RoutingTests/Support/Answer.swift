import Foundation
import HTTP
import JSON
import Routing

/// An answer, read whole.
struct Answer: Sendable {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]

    init(_ response: HTTPResponse) async throws {
        status = Int(response.head.status.code)
        fields = response.head.fields
        body = try await response.body.collect(upTo: 1 << 26)
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { get throws { try JSONText.decode(JSONValue.self, from: body) } }
    /// A member that is a text.
    func member(_ name: String) throws -> String? { try json[name]?.string }
    /// The problem's `reason`.
    var reason: String? { get throws { try member("reason") } }
    /// The problem's errors as `place: detail`.
    var places: [String] {
        get throws {
            guard case .array(let errors)? = try json["errors"] else { return [] }
            return errors.compactMap { $0["pointer"]?.string ?? $0["parameter"]?.string }
        }
    }
}

extension Router {
    /// Sends a request without a socket.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        json: String? = nil,
        fields: HTTPFields = [:],
        body: HTTPBody = .empty
    ) async throws -> Answer {
        var request = HTTPRequest(method, target, fields: fields, body: body)
        if let json {
            request.body = HTTPBody(json)
            request.head.fields.append(.contentType, "application/json")
        }
        return try await Answer(respond(to: request))
    }

    /// A router with open routes.
    static func open(@RoutesBuilder routes: () -> some Routes) throws -> Router {
        try open({ _ in }, routes: routes)
    }

    /// A router with open routes and other settings.
    static func open(
        _ change: (inout RouterSettings) -> Void,
        @RoutesBuilder routes: () -> some Routes
    ) throws -> Router {
        var settings = RouterSettings()
        settings.defaultAuthorization = .open
        change(&settings)
        return try Router(settings: settings, routes: routes)
    }
}

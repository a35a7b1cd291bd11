import Configuration
import HTTP
import JSON
import Reactor
import Routing
import Vigie

/// The effective routes as operators see them: each with its source and every value, also those that nobody set.
struct RouteView: Encodable {
    /// The routes in force.
    let routes: [JSONValue]
    /// What is not, and why.
    let refused: [Refused]

    /// A route or document that does not serve.
    struct Refused: Encodable {
        let source: String
        let route: String?
        let reason: String
    }

    init(_ view: RouteBook.View) {
        routes = view.routes.map(Self.value)
        refused = view.refusals.map { Refused(source: "\($0.source)", route: $0.route, reason: $0.reason) }
    }

    /// One route.
    static func value(of route: GatewayRoute) -> JSONValue {
        let declaration = route.declaration
        var object: JSONObject = [
            "id": .string(declaration.id), "source": .string("\(route.source)"),
            "host": .string("\(declaration.host)"), "path": .string(declaration.path.template),
            "methods": declaration.methods.isEmpty
                ? "any" : .array(declaration.methods.map { .string($0.name) }),
        ]
        if !declaration.headers.isEmpty {
            var headers = JSONObject()
            for rule in declaration.headers { headers[rule.name.name] = .string(rule.value ?? "*") }
            object["headers"] = .object(headers)
        }
        object["auth"] = value(of: declaration.authorization)
        object["rates"] = texts(declaration.rates)
        object["bodyLimit"] = .string(ByteCountText.show(declaration.bodyLimit))
        object["inFlight"] = declaration.inFlight.map { .number(JSONNumber($0)) }
        object["inFlightPerCaller"] = declaration.inFlightPerCaller.map { .number(JSONNumber($0)) }
        switch declaration.target {
        case .redirect(let redirect):
            let to = redirect.origin + redirect.path.text(for: declaration.path)
            object["redirect"] = [
                "to": .string(to), "status": .number(JSONNumber(Int(redirect.status.code))),
            ]
        case .service(let target): add(target, declaration.path, to: &object)
        }
        if let cors = declaration.cors {
            object["cors"] = [
                "origins": texts(cors.origins), "methods": texts(cors.methods),
                "headers": texts(cors.headers),
                "exposed": texts(cors.exposed), "credentials": .bool(cors.allowsCredentials),
                "maxAge": duration(cors.maxAge),
            ]
        }
        return .object(object)
    }

    private static func add(_ target: ServiceTarget, _ path: PathPattern, to object: inout JSONObject) {
        object["service"] = .string(target.service.name)
        switch target.rewrite {
        case .none: break
        case .strip: object["strip"] = .string(target.rewrite.text(for: path))
        case .template: object["rewrite"] = .string(target.rewrite.text(for: path))
        }
        if !target.tags.isEmpty { object["tags"] = texts(target.tags.sorted()) }
        object["canary"] = target.canaryShare.map { share in
            JSONNumber("\(share)").map { .number($0) } ?? .null
        }
        object["timeout"] = target.isStream ? "none" : duration(target.timeout)
        object["attemptTimeout"] = duration(target.attemptTimeout)
        object["connectTimeout"] = duration(target.connectTimeout)
        object["idleTimeout"] = duration(target.idleTimeout)
        object["attempts"] = .number(JSONNumber(target.attempts))
        object["hedge"] = target.hedge.map(duration)
        object["idempotent"] = .bool(target.isIdempotent)
        object["stream"] = .bool(target.isStream)
        object["upgrade"] = texts(target.upgrades)
        object["cache"] = .bool(target.isCached)
        object["answerLimit"] = target.answerLimit.map { .string(ByteCountText.show($0)) }
    }

    private static func value(of authorization: Authorization) -> JSONValue {
        if authorization.isOpen { return "open" }
        if authorization.roles.isEmpty, authorization.scopes.isEmpty { return "user" }
        return ["roles": texts(authorization.roles), "scopes": texts(authorization.scopes)]
    }

    private static func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
    private static func duration(_ time: Duration) -> JSONValue { .string(DurationText.show(time)) }
}

extension PathRewrite {
    /// The prefix or the template, as it stands in the gateway's file for a route with this path.
    fileprivate func text(for path: PathPattern) -> String {
        switch self {
        case .none: ""
        case .strip(let prefix): String(decoding: prefix, as: UTF8.self)
        case .template(let pieces):
            pieces.map { piece in
                switch piece {
                case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
                case .parameter(let index): "{\(path.names[index])}"
                }
            }.joined()
        }
    }
}

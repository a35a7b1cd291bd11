import Documents
import HTTP
import JSON
import Reactor
import Routing
import Vigie

extension RouteDeclaration {
    /// What is read where.
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// How long an `id` may be.
    static let idByteLimit = 128

    /// Reads a route; nil where it can't be used, which is noted. `service` is the one that it is for where it says none.
    static func read(_ reader: inout ObjectReader, service: ServiceName? = nil) -> RouteDeclaration? {
        guard let path = readPath(&reader), let target = readTarget(&reader, path, service) else {
            skipRest(&reader)
            return nil
        }
        var route = RouteDeclaration(id: "", path: path, target: target)
        route.host =
            reader.value("host", "a host such as api.example.com or *.example.com") {
                $0.string.flatMap(HostPattern.init)
            } ?? .any
        route.methods = readMethods(&reader)
        route.headers = readHeaders(&reader)
        route.authorization = readAuthorization(&reader) ?? .authenticated
        route.rates = reader.texts("rates", atMost: 8)
        route.bodyLimit = reader.byteCount("bodyLimit", 0...(1 << 40)) ?? route.bodyLimit
        route.inFlight = reader.integer("inFlight", 1...1_000_000)
        route.inFlightPerCaller = reader.integer("inFlightPerCaller", 1...1_000_000)
        route.cors = reader.object("cors", CORSPolicy.read)
        let id = reader.text("id", atMost: idByteLimit)
        // What a service calls its routes is its own affair, and no other route's name.
        route.id = id.map { id in service.map { "\($0):\(id)" } ?? id } ?? route.standardID
        return route
    }

    /// Method, host and path, which no two routes share but those that differ in their fields.
    private var standardID: String {
        let methods = methods.isEmpty ? "" : methods.map(\.name).joined(separator: ",") + " "
        let fields =
            headers.isEmpty
            ? "" : " " + headers.map { "\($0.name)=\($0.value ?? "*")" }.joined(separator: ",")
        return methods + (host == .any ? "" : host.description) + path.template + fields
    }

    private static func readPath(_ reader: inout ObjectReader) -> PathPattern? {
        guard let text = reader.requiredText("path", atMost: 1024) else { return nil }
        do throws(PathPattern.Mistake) {
            let path = try PathPattern(text)
            guard !ReservedPaths.contains(Array(path.literalStart.utf8).span) else {
                reader.mistakes.note(
                    reader.place(of: "path"),
                    "/health, /metrics and /admin are never forwarded: choose another path"
                )
                return nil
            }
            return path
        } catch {
            reader.mistakes.note(reader.place(of: "path"), "the path \(error.rawValue)")
            return nil
        }
    }

    /// What would only be noise behind a route that can't be read anyway.
    private static func skipRest(_ reader: inout ObjectReader) {
        let keys = [
            "host", "methods", "headers", "auth", "rates", "bodyLimit", "inFlight", "inFlightPerCaller",
            "cors",
            "id", "service", "redirect",
        ]
        for key in keys + ServiceTarget.keys { _ = reader.raw(key) }
    }

    private static func readTarget(
        _ reader: inout ObjectReader,
        _ path: PathPattern,
        _ implied: ServiceName?
    ) -> Target? {
        let redirect = reader.object("redirect") { Redirect.read(&$0, path) }
        let hasName = reader.has("service")
        let service =
            reader.value("service", "a name: 1 to 63 of a-z, 0-9 and -, a letter first") {
                $0.string.flatMap { ServiceName($0) }
            } ?? (hasName ? nil : implied)
        guard let service else {
            if redirect == nil, !hasName { reader.note("names neither a `service` nor a `redirect`") }
            return redirect.map { .redirect($0) }
        }
        guard redirect == nil || implied != nil else {
            reader.note("names a `service` and a `redirect`: choose one")
            return nil
        }
        if let redirect { return .redirect(redirect) }
        guard implied == nil || implied == service else {
            reader.mistakes.note(reader.place(of: "service"), "a service declares routes to itself alone")
            return nil
        }
        return .service(ServiceTarget.read(&reader, service, path))
    }

    private static func readMethods(_ reader: inout ObjectReader) -> [HTTPMethod] {
        let names = reader.texts("methods", atMost: methods.count)
        for name in names where !methods.contains(name) {
            reader.mistakes.note(
                reader.place(of: "methods"),
                "must be of \(methods.joined(separator: ", ")), not \(name.debugDescription)"
            )
        }
        return names.compactMap { methods.contains($0) ? HTTPMethod($0) : nil }
    }

    private static func readHeaders(_ reader: inout ObjectReader) -> [HeaderRule] {
        guard let raw = reader.raw("headers") else { return [] }
        let place = reader.place(of: "headers")
        guard case .object(let object) = raw, object.members.count <= 8 else {
            reader.mistakes.note(place, "must be an object of at most 8 fields and their values, `*` for any")
            return []
        }
        return object.members.compactMap { member in
            guard let name = HTTPFieldName(member.key), let value = member.value.string else {
                reader.mistakes.note("\(place).\(member.key)", "must be a field's name with a text")
                return nil
            }
            return HeaderRule(name: name, value: value == "*" ? nil : value)
        }
    }

    /// `"open"`, `"user"`, or an object of roles, one of which is needed, and scopes, all of which are.
    private static func readAuthorization(_ reader: inout ObjectReader) -> Authorization? {
        guard let raw = reader.raw("auth") else { return nil }
        switch raw {
        case .string("open"): return .open
        case .string("user"): return .authenticated
        case .object:
            return reader.object("auth") { rule in
                let (roles, scopes) = (rule.texts("roles"), rule.texts("scopes"))
                if roles.isEmpty, scopes.isEmpty { rule.note("names neither roles nor scopes; say \"user\"") }
                return Authorization(isOpen: false, roles: roles, scopes: scopes)
            }
        default:
            reader.mistakes.note(
                reader.place(of: "auth"),
                "must be \"open\", \"user\", or an object with `roles` or `scopes`"
            )
            return nil
        }
    }
}

import HTTP

/// The answers of a route that pages of other origins may use (Fetch standard, "CORS protocol").
struct CORS {
    let policy: CORSPolicy
    /// The methods of the route, for a policy that names none.
    let methods: [HTTPMethod]

    private static let standard = "GET, HEAD, POST, PUT, PATCH, DELETE"

    /// The method that a preflight asks for; nil for a request that is none.
    static func requestedMethod(of head: HTTPRequestHead) -> HTTPMethod? {
        guard head.method == .options, head.fields.contains(.origin) else { return nil }
        return head.fields[.accessControlRequestMethod].flatMap { HTTPMethod($0) }
    }

    /// The answer to a preflight: without the fields that allow it where the origin may not, which the browser then tells its
    /// page.
    func preflight(_ fields: HTTPFields) -> HTTPResponse {
        var answer = HTTPResponse(.noContent, fields: ["vary": "origin"])
        guard let origin = fields.onlyValue(of: .origin), policy.allows(origin) else { return answer }
        add(origin, to: &answer.head.fields)
        let allowed = policy.methods.isEmpty ? methods.map(\.name) : policy.methods
        answer.head.fields.append(
            "access-control-allow-methods",
            allowed.isEmpty ? Self.standard : allowed.joined(separator: ", ")
        )
        if !policy.headers.isEmpty {
            answer.head.fields.append("access-control-allow-headers", policy.headers.joined(separator: ", "))
        }
        answer.head.fields.append("access-control-max-age", String(policy.maxAge.components.seconds))
        return answer
    }

    /// The answer as the page that asked may read it.
    func decorated(_ response: HTTPResponse, for request: HTTPFields) -> HTTPResponse {
        var response = response
        decorate(&response.head.fields, for: request)
        return response
    }

    /// Lets the page that asked read an answer.
    func decorate(_ answer: inout HTTPFields, for request: HTTPFields) {
        // The gateway's word stands in the place of the service's, also where it is no.
        answer.removeAll { $0.count > 15 && HTTPFields.isName($0.extracting(0..<15), "access-control-") }
        if !policy.isOpen { answer.append("vary", "origin") }
        guard let origin = request.onlyValue(of: .origin), policy.allows(origin) else { return }
        add(origin, to: &answer)
        if !policy.exposed.isEmpty {
            answer.append("access-control-expose-headers", policy.exposed.joined(separator: ", "))
        }
    }

    private func add(_ origin: ArraySlice<UInt8>, to fields: inout HTTPFields) {
        if policy.isOpen {
            fields.append("access-control-allow-origin", "*")
        } else {
            fields.append("access-control-allow-origin", bytes: origin)
        }
        if policy.allowsCredentials { fields.append("access-control-allow-credentials", "true") }
    }
}

extension HTTPFieldName {
    /// Origin (RFC 6454 §7).
    static let origin: HTTPFieldName = "origin"
    /// Access-Control-Request-Method.
    static let accessControlRequestMethod: HTTPFieldName = "access-control-request-method"
}

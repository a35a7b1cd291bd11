import Documents
import HTTP
import Reactor

extension CORSPolicy {
    /// Reads a policy.
    static func read(_ reader: inout ObjectReader) -> CORSPolicy? {
        var policy = CORSPolicy(origins: reader.texts("origins"))
        policy.methods = reader.texts("methods")
        policy.headers = reader.texts("headers")
        policy.exposed = reader.texts("exposed")
        policy.allowsCredentials = reader.flag("credentials")
        policy.maxAge = reader.duration("maxAge", .zero ... .seconds(86_400)) ?? policy.maxAge
        if policy.origins.isEmpty { reader.note("names no `origins`") }
        if policy.origins.contains("*"), policy.origins.count > 1 {
            reader.note("`*` stands alone among `origins`")
        }
        if policy.isOpen, policy.allowsCredentials {
            reader.note("with `credentials` the `origins` must be named: browsers refuse `*` then")
        }
        for origin in policy.origins where origin != "*" && !origin.isOrigin {
            reader.mistakes.note(
                reader.place(of: "origins"),
                "must be of the form https://host or https://host:port, not \(origin.debugDescription)"
            )
        }
        let tokens = policy.methods + policy.headers + policy.exposed
        for token in tokens where HTTPFieldName(token) == nil {
            reader.note("\(token.debugDescription) is neither a method nor a field's name")
        }
        return policy
    }
}

extension String {
    /// Whether it is an origin as browsers send it: scheme and host, no path.
    fileprivate var isOrigin: Bool {
        for scheme in ["https://", "http://"] where hasPrefix(scheme) {
            let rest = dropFirst(scheme.count)
            return !rest.isEmpty && !rest.contains("/") && !rest.contains(" ") && rest.lowercased() == rest
        }
        return false
    }
}

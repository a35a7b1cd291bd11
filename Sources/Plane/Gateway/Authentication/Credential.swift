import Authentication
import HTTP

/// What a request brings to say who sends it, found in one pass over its fields and believed in nothing yet. Lent from the
/// request's bytes.
enum Credential: Sendable {
    /// Nothing that is read here.
    case none
    /// A token.
    case token(ArraySlice<UInt8>)
    /// What stands in the field of API keys.
    case apiKey(ArraySlice<UInt8>)
    /// More than one, of which nobody knows which is meant.
    case several

    /// Looks at `Authorization`, the field of API keys and, where a WebSocket is asked for, at the offered protocols. A
    /// token in the target's query is not read (RFC 6750 §2.3 advises against it).
    init(in fields: HTTPFields, apiKeyField: HTTPFieldName) {
        var (authorization, apiKey): (Int?, Int?)
        var count = 0
        var offersProtocols = false
        fields.forEachField { index, name, _ in
            if name.count == 13, HTTPFields.isName(name, "authorization") {
                (authorization, count) = (index, count + 1)
            } else if HTTPFields.isName(name, of: apiKeyField) {
                (apiKey, count) = (index, count + 1)
            } else if name.count == 22, HTTPFields.isName(name, "sec-websocket-protocol") {
                offersProtocols = true
            }
        }
        if offersProtocols, fields.contains(.upgrade, token: "websocket") {
            let tokens = SocketToken.all(in: fields)
            count += tokens.count
            if count == 1, let token = tokens.first {
                self = .token(token)
                return
            }
        }
        guard count < 2 else {
            self = .several
            return
        }
        if let apiKey {
            self = .apiKey(fields.value(at: apiKey))
        } else if let authorization, let token = BearerToken.find(inValue: fields.value(at: authorization)) {
            self = .token(token)
        } else {
            self = .none
        }
    }
}

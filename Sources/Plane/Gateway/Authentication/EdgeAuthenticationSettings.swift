import Authentication
import Documents
import HTTP
import JSON

/// Who is believed at the edge.
struct EdgeAuthenticationSettings: Sendable, Hashable {
    /// Whose tokens, each issuer but once.
    var issuers: [IssuerSettings] = []
    /// Programs with keys of their own.
    var apiKeys: [APIKeySettings] = []
    /// The field in which an API key comes; default `X-API-Key`.
    ///
    /// A field of its own, and not `Authorization`: there is no registered scheme for such keys, services read bearer
    /// tokens in that one, and two credentials at once are told apart.
    var apiKeyField: HTTPFieldName = "x-api-key"
    /// A PEM file of authorities that may vouch for issuers beside the system's; nil for none.
    var authorityFile: String?

    /// Reads what stands under `authentication` in the gateway's file.
    static func read(_ reader: inout ObjectReader) -> EdgeAuthenticationSettings? {
        var settings = EdgeAuthenticationSettings()
        settings.issuers = reader.objects("issuers", atMost: 64, IssuerSettings.read)
        settings.apiKeys = reader.objects("apiKeys", atMost: 10_000, APIKeySettings.read)
        settings.authorityFile = reader.text("authorityFile", atMost: 4096)
        let name = reader.value("apiKeyField", "a field's name of its own, such as X-API-Key") { value in
            value.string.flatMap { HTTPFieldName($0) }.flatMap { Self.isOfItsOwn($0) ? $0 : nil }
        }
        if let name { settings.apiKeyField = name }
        return settings
    }

    /// Whether a field has no other meaning: what carries a key is taken out before the request goes on.
    static func isOfItsOwn(_ name: HTTPFieldName) -> Bool {
        !HTTPFields.endToEnd.contains(name) && !taken.contains(name)
            && !IdentityFields.isReserved(name.name.utf8.span)
    }

    private static let taken: [HTTPFieldName] = [
        .connection, .contentLength, .contentType, .transferEncoding, .te, .trailer, .upgrade, .expect,
        .userAgent,
        .range, .via, "cookie", "accept", "forwarded", "sec-websocket-protocol", "idempotency-key",
    ]
}

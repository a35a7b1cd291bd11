import Documents
import JSON
import Vigie

extension IssuerSettings {
    /// Reads an issuer; nil where it can't be used, which is noted. Without `keys` and without a secret it is discovered.
    static func read(_ reader: inout ObjectReader) -> IssuerSettings? {
        let issuer = reader.requiredText("issuer", atMost: 1024)
        let audiences = reader.texts("audiences", atMost: 16)
        let algorithms = reader.has("algorithms") ? reader.texts("algorithms", atMost: 5) : nil
        let keys = readKeys(&reader)
        let type = reader.text("type")
        guard let issuer, let keys else { return nil }
        var settings = IssuerSettings(issuer: issuer, audiences: audiences, keys: keys, type: type)
        if let algorithms { settings.algorithms = algorithms }
        return settings
    }

    private static func readKeys(_ reader: inout ObjectReader) -> Keys? {
        let places: [Keys?] = [
            reader.text("keys", atMost: 4096).map(place),
            reader.text("secretFile", atMost: 4096).map { .secretFile($0) },
            reader.text("secretVariable").map { .secretVariable($0) },
        ]
        let given = places.compactMap { $0 }
        guard given.count < 2 else {
            reader.note("`keys`, `secretFile` and `secretVariable` exclude each other: choose one")
            return nil
        }
        return given.first ?? .discovery
    }

    private static func place(_ text: String) -> Keys {
        if text.hasPrefix(ServiceSetup.serviceScheme) { return .service(text) }
        return text.hasPrefix("https://") || text.hasPrefix("http://") ? .url(text) : .file(text)
    }
}

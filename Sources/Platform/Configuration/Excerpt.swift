import Secrets

/// Makes foreign text fit to be shown.
enum Excerpt {
    /// Escapes what could forge a line or steer a terminal, and cuts what is longer than `limit` characters.
    static func escaped(_ text: String, limit: Int = .max) -> String {
        let head = text.prefix(limit)
        let shown = head.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar.escaped(asASCII: true)
            default: String(scalar)
            }
        }
        return shown.joined() + (head.endIndex < text.endIndex ? "…" : "")
    }

    /// Hides what stands between `://` and the last `@`: a URL that should not hold a password may hold one.
    static func masked(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        var rest = text[..<at]
        while let mark = rest.firstIndex(of: ":") {
            guard !rest[mark...].hasPrefix("://") else {
                return "\(text[..<mark])://\(Secret.mask)\(text[at...])"
            }
            rest = rest[mark...].dropFirst()
        }
        return text
    }
}

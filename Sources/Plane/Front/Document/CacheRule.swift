import Documents
import JSON

/// How long static files may be kept by those who got them.
struct CacheRule: Sendable, Hashable {
    /// Where they begin.
    let path: FrontPath
    /// How long.
    let maxAge: Duration

    /// Reads a member of `cache`.
    static func read(_ reader: inout ObjectReader) -> CacheRule? {
        if !reader.has("path") { reader.note("must have a path") }
        if !reader.has("maxAge") { reader.note("must have a maxAge") }
        let path = reader.value("path", FrontPath.rule) { $0.string.flatMap { FrontPath($0) } }
        let maxAge = reader.duration("maxAge", .zero ... .seconds(365 * 86_400))
        guard let path, let maxAge else { return nil }
        return CacheRule(path: path, maxAge: maxAge)
    }
}

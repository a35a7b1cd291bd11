/// The target that `Location` or `Content-Location` names on the request's own host; nil for one elsewhere, which a service
/// has no right to have forgotten (RFC 9111 §4.4).
struct CacheTarget {
    /// Path and query.
    let bytes: [UInt8]

    /// Reads an absolute URI or an absolute path; relative references are not resolved.
    init?(_ reference: String, host: ArraySlice<UInt8>) {
        var rest = reference[...]
        if let end = rest.firstIndex(of: "#") { rest = rest[..<end] }
        let lower = rest.lowercased()
        if let scheme = ["https://", "http://", "//"].first(where: { lower.hasPrefix($0) }) {
            rest = rest.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard
                authority.lowercased().utf8.elementsEqual(
                    String(decoding: host, as: UTF8.self).lowercased().utf8
                )
            else { return nil }
            rest = rest.dropFirst(authority.count)
        }
        guard rest.hasPrefix("/") else { return nil }
        bytes = Array(rest.utf8)
    }
}

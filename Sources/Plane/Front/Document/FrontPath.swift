/// A path whose whole segments a location begins with: `/api/auth` is itself and all below it, and not `/api/authority`.
struct FrontPath: Sendable, Hashable {
    /// Without a slash at its end; empty for all paths.
    let text: String

    /// Completes "must be".
    static let rule = "a path of whole segments of A-Z, a-z, 0-9, -, ., _ and ~, such as \"/api/auth/\""

    /// Reads a path; one slash at its end says nothing. Nil for one with empty or dot segments, escapes or other characters, of
    /// more than 256 bytes.
    init?(_ text: String) {
        guard text.hasPrefix("/"), text.utf8.count <= 256 else { return nil }
        let inner = text.dropFirst().hasSuffix("/") ? text.dropFirst().dropLast() : text.dropFirst()
        if inner.isEmpty {
            guard text == "/" else { return nil }
            self.text = ""
            return
        }
        let segments = inner.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            inner.utf8.allSatisfy({ Self.isPlain($0) || $0 == UInt8(ascii: "/") })
        else { return nil }
        self.text = "/" + inner
    }

    /// Why a location may not have this path; nil when it may.
    var reservation: String? {
        let first = text.dropFirst().prefix { $0 != "/" }
        if first == "metrics" || first.hasPrefix("health") || first.hasPrefix("admin") {
            return "/metrics, /health* and /admin* are never passed on"
        }
        if text.hasPrefix("/.well-known/acme-challenge") { return "is the front's own" }
        return first == ".front" ? "is the front's own" : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "-._~".utf8.contains(byte)
        }
    }
}

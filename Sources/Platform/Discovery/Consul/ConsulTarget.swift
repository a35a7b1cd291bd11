import Reactor

/// A path and query of the API, percent-encoded.
struct ConsulTarget: Sendable {
    /// The path as it goes into errors.
    private(set) var path: String
    private var query: [String] = []

    /// `parts` are appended to `path`, a slash before each; what is inside of one, a slash too, is data.
    init(_ path: String, _ parts: String...) {
        self.path = path
        for part in parts { self.path += "/" + Self.encode(part, keeping: "") }
    }

    /// The path of a KV key, whose slashes part it.
    static func key(_ key: String) -> ConsulTarget {
        ConsulTarget("/v1/kv/" + encode(key, keeping: "/"))
    }

    /// Adds a parameter; one without value is a flag.
    mutating func add(_ name: String, _ value: String? = nil) {
        query.append(value.map { "\(name)=\(Self.encode($0, keeping: ""))" } ?? name)
    }

    /// Path and query.
    var text: String { query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))" }

    /// Unreserved bytes as they are (RFC 3986 §2.3), all others escaped.
    private static func encode(_ text: String, keeping kept: String) -> String {
        var result = ""
        let digits = Array("0123456789ABCDEF")
        for byte in text.utf8 {
            if isUnreserved(byte) || kept.utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "-._~".utf8.contains(byte)
    }
}

/// Durations as Consul writes and reads them (Go, `time.ParseDuration`).
enum ConsulDuration {
    /// Whole milliseconds: `55000ms`.
    static func text(_ duration: Duration) -> String { "\(duration.nanoseconds / 1_000_000)ms" }
}

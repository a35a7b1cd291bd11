import Telemetry

/// A line of nginx's error log: `2026/11/26 08:19:44 [error] 77#77: *5 connect() failed …`, or `nginx: [emerg] …`.
struct NginxLine: Sendable, Equatable {
    /// How grave it is here; nginx calls more things errors than we do.
    let level: LogLevel
    /// What it says.
    let message: String

    /// Reads a line; one of another form is what it says.
    init(_ line: String) {
        guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]") else {
            (level, message) = (.warning, line)
            return
        }
        switch line[open...].dropFirst().prefix(while: { $0 != "]" }) {
        case "emerg", "alert", "crit": level = .error
        case "error", "warn": level = .warning
        default: level = .info
        }
        var rest = line[close...].dropFirst().drop { $0 == " " }
        // The process's and the connection's number.
        if let end = rest.firstIndex(of: ":"), rest[..<end].allSatisfy({ $0 == "#" || $0.isNumber }) {
            rest = rest[end...].dropFirst().drop { $0 == " " }
        }
        message = String(rest)
    }
}

import Glibc

/// How log lines look.
public enum LogStyle: Sendable, Hashable {
    /// One JSON object a line.
    case json
    /// For a person at a terminal.
    case human(colored: Bool)

    /// JSON unless a terminal reads; there colours unless `NO_COLOR` is set and not empty (no-color.org).
    public static func suited(to descriptor: Int32 = 1, environment: [String: String]) -> LogStyle {
        isatty(descriptor) == 1 ? .human(colored: (environment["NO_COLOR"] ?? "").isEmpty) : .json
    }
}

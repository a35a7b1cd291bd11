/// How much a log line matters.
public enum LogLevel: Int, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
    /// Every step.
    case trace
    /// One request.
    case debug
    /// The life of the process.
    case info
    /// Degraded, yet served.
    case warning
    /// Somebody must act.
    case error
    /// The process can't go on.
    case critical

    /// Reads a name in any case; nil for an unknown one.
    public init?(_ name: some StringProtocol) {
        guard let level = Self.allCases.first(where: { $0.description == name.lowercased() }) else {
            return nil
        }
        self = level
    }

    /// Whether `left` matters less than `right`.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The name as it stands in a line.
    public var description: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }
}

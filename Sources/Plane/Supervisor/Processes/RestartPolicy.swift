import Reactor

/// When a process that ended by itself is started again: at once, then after waits that double; and when that is a crash loop.
struct RestartPolicy: Sendable {
    /// The first wait.
    static let firstWait = Duration.milliseconds(250)
    /// The longest wait.
    static let longestWait = Duration.seconds(30)
    /// How long it must have been ready for its end to be the first one again.
    static let recovery = Duration.seconds(30)
    /// So many ends, none behind such a time, are a crash loop.
    static let crashLimit = 5

    /// Statuses of sysexits(3) that no further start mends: a bad command line, a bad configuration.
    static let hopeless: Set<Int32> = [64, 78]

    private(set) var ends = 0

    /// Notes an end.
    ///
    /// - Parameters:
    ///   - ready: how long the process had been ready; nil when it never was.
    ///   - status: its exit status; nil when it has none.
    /// - Returns: how long to wait.
    mutating func ended(ready: Duration?, status: Int32? = nil) -> Duration {
        if let ready, ready >= Self.recovery { ends = 0 }
        ends = status.map(Self.hopeless.contains) == true ? max(ends + 1, Self.crashLimit) : ends + 1
        return min(Self.longestWait, Self.firstWait * (1 << min(ends - 1, 10)))
    }

    /// Whether it ended too often.
    var isCrashLoop: Bool { ends >= Self.crashLimit }
}

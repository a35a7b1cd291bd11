/// Lets each message of each module through so many times a second, and counts the others. Time comes in as a parameter,
/// in nanoseconds.
struct RepeatLimiter: Sendable {
    struct Key: Sendable, Hashable {
        let module: String
        let message: String
    }
    struct Summary: Sendable, Hashable {
        let key: Key
        let level: LogLevel
        let count: Int
    }
    private struct Entry {
        var began: Int64
        var passed = 0
        var held = 0
        var level: LogLevel
    }

    private static let period: Int64 = 1_000_000_000
    private let perSecond: Int
    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var nextSweep = Int64.min

    /// - Parameters:
    ///   - perSecond: how often a message may pass within a second.
    ///   - capacity: how many messages are counted at a time; others pass.
    init(perSecond: Int, capacity: Int = 512) {
        self.perSecond = perSecond
        self.capacity = capacity
    }

    /// How many messages are counted now.
    var count: Int { entries.count }

    /// Whether the message may pass now.
    mutating func admit(_ key: Key, _ level: LogLevel, at now: Int64) -> Bool {
        guard entries[key] != nil || entries.count < capacity else { return true }
        return Self.admit(&entries[key, default: Entry(began: now, level: level)], at: now, perSecond)
    }

    private static func admit(_ entry: inout Entry, at now: Int64, _ perSecond: Int) -> Bool {
        if now - entry.began >= period, entry.held == 0 { (entry.began, entry.passed) = (now, 0) }
        guard entry.passed < perSecond else {
            entry.held += 1
            return false
        }
        entry.passed += 1
        return true
    }

    /// What was held back of messages whose second is over; forgets those. Looks at most once a second.
    mutating func takeSummaries(at now: Int64) -> [Summary] {
        guard now >= nextSweep else { return [] }
        nextSweep = now + Self.period
        return takeAll { now - $0.began >= Self.period }
    }

    /// What was held back of all messages; forgets them.
    mutating func takeAll() -> [Summary] { takeAll { _ in true } }

    private mutating func takeAll(where isOver: (Entry) -> Bool) -> [Summary] {
        var summaries: [Summary] = []
        entries = entries.filter { key, entry in
            guard isOver(entry) else { return true }
            if entry.held > 0 { summaries.append(Summary(key: key, level: entry.level, count: entry.held)) }
            return false
        }
        return summaries
    }
}

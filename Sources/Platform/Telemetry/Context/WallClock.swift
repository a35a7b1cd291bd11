import Glibc
public import Reactor

/// The time of day. Spans and deadlines keep monotonic time; it becomes a date only when it is written down.
public struct WallClock: Sendable, Hashable {
    /// Nanoseconds since 1970 at the monotonic clock's origin.
    private let origin: Int64

    /// Takes a pair of readings: nanoseconds since 1970, at `instant`.
    public init(nanoseconds: Int64, at instant: MonotonicInstant) {
        origin = nanoseconds &- instant.nanoseconds
    }

    /// Both clocks read now. Ask again from time to time: the time of day may be set.
    public static var current: WallClock { WallClock(nanoseconds: now.nanoseconds, at: .now) }

    /// An instant's date, in nanoseconds since 1970.
    public func nanoseconds(of instant: MonotonicInstant) -> Int64 { origin &+ instant.nanoseconds }

    /// The system's reading now.
    public static var now: Reading { read(CLOCK_REALTIME) }

    /// The same as of the kernel's last tick, 1-10 ms ago: less to read, and enough for an id.
    public static var coarse: Reading { read(CLOCK_REALTIME_COARSE) }

    private static func read(_ clock: clockid_t) -> Reading {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Reading(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// A date.
    public struct Reading: Sendable, Hashable {
        /// Nanoseconds since 1970.
        public let nanoseconds: Int64
        /// Milliseconds since 1970.
        public var milliseconds: Int64 { nanoseconds / 1_000_000 }
    }
}

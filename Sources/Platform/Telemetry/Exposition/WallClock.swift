import Glibc
import Reactor

/// Relates the monotonic clock to the calendar.
enum WallClock {
    /// What is added to a ``MonotonicInstant`` to get nanoseconds since 1970, at present.
    static func offset() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let sinceEpoch = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        return sinceEpoch - MonotonicInstant.now.nanoseconds
    }
}

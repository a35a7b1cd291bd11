import Reactor
import Telemetry

/// One moment on both clocks: ages are counted on the monotonic one, dates compared on the other.
struct CacheInstant: Sendable, Equatable {
    /// The monotonic clock.
    var monotonic: MonotonicInstant
    /// Seconds since 1970.
    var date: Int64

    /// Both clocks now.
    static var now: CacheInstant {
        CacheInstant(monotonic: .now, date: WallClock.coarse.nanoseconds / 1_000_000_000)
    }

    /// Whole seconds from another moment to this one.
    func seconds(since start: CacheInstant) -> Int64 {
        max(0, monotonic.nanoseconds - start.monotonic.nanoseconds) / 1_000_000_000
    }
}

import Reactor
import Synchronization

/// The buckets of one zone. May be used from any thread; a request takes one short lock of 64 and allocates nothing.
///
/// **Memory**: the tables begin empty and grow to at most 16 bytes for each of `capacity` places, rounded up to a power of
/// two with a third to spare: 32 MiB for the default of 1 000 000 keys. What happens beyond that stands in ``RateTable``.
///
/// **Several gateways** each give out their part: with ``setShare(of:)`` a rate of 1/s or more, and its burst, are divided
/// by the number of live gateways, as a front that spreads requests evenly makes right. Smaller rates are not divided: a
/// part of 10/h would be nothing to count with. Slow limits by address belong to nginx, which stands before all gateways;
/// a slow limit by another key counts each gateway for itself, unless a ``SharedRateLimiter`` makes it exact.
final class RateLimiter: Sendable {
    private final class Stripe: Sendable {
        let table: Mutex<RateTable>
        init(_ table: RateTable) { self.table = Mutex(table) }
    }

    /// The policy.
    let limit: RateLimit
    /// The text of `RateLimit` up to the number of remaining requests.
    let fieldStart: [UInt8]
    /// The requests of `RateLimit-Policy`.
    let quotaRequests: Int
    private let whole: RateSchedule
    private let stripes: [Stripe]
    private let stripeShift: UInt64
    private let gateways = Atomic<Int>(1)
    /// Refusals and evictions of the limiter whose place this one took.
    private let before: (refused: UInt64, evictions: UInt64)

    /// The keys that a zone holds by default.
    static let defaultCapacity = 1_000_000

    /// Makes a limiter whose buckets are all full.
    ///
    /// - Parameters:
    ///   - limit: the policy.
    ///   - capacity: how many keys with debts it holds at least, 1 or more.
    ///   - predecessor: the limiter of the same name whose policy this one changes; counters go on from its.
    init(_ limit: RateLimit, capacity: Int = defaultCapacity, replacing predecessor: RateLimiter? = nil) {
        self.limit = limit
        whole = RateSchedule(limit)
        fieldStart = Array("\"\(limit.name)\";r=".utf8)
        quotaRequests = limit.rate.quota.requests
        let keys = max(1, capacity)
        let bits = (0...6).last { 1 << $0 <= keys / 1_024 } ?? 0
        let places = ((keys + keys / 3) >> bits) + 1
        stripes = (0..<(1 << bits)).map { _ in Stripe(RateTable(most: places)) }
        stripeShift = UInt64(64 - bits)
        before = predecessor.map { ($0.refused, $0.evictions) } ?? (0, 0)
        if let predecessor {
            gateways.store(predecessor.gateways.load(ordering: .relaxed), ordering: .relaxed)
        }
    }

    /// Takes tokens from a key's bucket.
    ///
    /// - Parameters:
    ///   - key: whose bucket.
    ///   - cost: 0 only looks; more than the burst counts as the burst.
    ///   - now: the time.
    /// - Returns: whether the request passes, and what `RateLimit` says of it; a refusal takes nothing.
    func take(_ key: RateKey, cost: Int = 1, at now: MonotonicInstant) -> RateVerdict {
        let schedule = schedule
        return stripe(of: key).table.withLock { table in
            table.take(cost, of: key.hash, schedule, at: Self.nanoseconds(now))
        }
    }

    /// Puts tokens back that ``take(_:cost:at:)`` gave to a request which then was refused for another cause.
    func refund(_ key: RateKey, cost: Int = 1) {
        let schedule = schedule
        stripe(of: key).table.withLock { table in table.refund(cost, of: key.hash, schedule) }
    }

    /// Says how many gateways give out this zone's requests, this one included; less than 1 counts as 1.
    func setShare(of gateways: Int) { self.gateways.store(max(1, gateways), ordering: .relaxed) }

    /// What this gateway gives out now.
    var schedule: RateSchedule {
        guard limit.rate.perSecond >= 1 else { return whole }
        return whole.divided(by: Int64(gateways.load(ordering: .relaxed)))
    }

    private func stripe(of key: RateKey) -> Stripe { stripes[Int(key.hash >> stripeShift)] }

    // Far enough from the end of 64 bits for every capacity to be added.
    private static func nanoseconds(_ now: MonotonicInstant) -> Int64 {
        min(max(0, now.nanoseconds), .max / 2)
    }
}

/// What a zone's metrics tell.
extension RateLimiter {
    /// Keys that hold a place: those with a debt, and some whose bucket is full again.
    var keyCount: Int { sum { $0.used } }
    /// Bytes of the tables.
    var byteCount: Int { sum { $0.byteCount } }
    /// Requests refused.
    var refused: UInt64 { before.refused + sum { $0.refused } }
    /// Debts forgotten because the zone was full.
    var evictions: UInt64 { before.evictions + sum { $0.evictions } }

    private func sum<Number: AdditiveArithmetic & Sendable>(
        _ figure: (borrowing RateTable) -> Number
    ) -> Number {
        stripes.reduce(.zero) { sum, stripe in sum + stripe.table.withLock { figure($0) } }
    }
}

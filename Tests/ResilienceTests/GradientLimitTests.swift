import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("the limit that follows latency") struct GradientLimitTests {
    /// Drives one window: as many calls at once as are admitted, at most `demand`, all with one latency.
    private func drive(_ limit: inout GradientLimit, demand: Int, latency: Duration, at now: MonotonicInstant)
    {
        var admitted = 0
        for _ in 0..<demand where limit.enter() { admitted += 1 }
        for _ in 0..<admitted { limit.leave(latency: latency, at: now) }
    }

    /// Drives windows; returns the time after them.
    private func drive(
        _ limit: inout GradientLimit,
        windows: Int,
        demand: Int,
        latency: Duration,
        from start: MonotonicInstant
    ) -> MonotonicInstant {
        var now = start
        for _ in 0..<windows {
            drive(&limit, demand: demand, latency: latency, at: now)
            now = now + .milliseconds(100)
        }
        return now
    }

    @Test("a limit that few use comes down to twice their number when calls are slow, and follows from there")
    func comesDown() throws {
        var settings = GradientLimitSettings()
        settings.initial = 1_000
        var limit = GradientLimit(settings)
        var now = drive(&limit, windows: 20, demand: 70, latency: .milliseconds(10), from: at(.zero))
        #expect(limit.limit == 1_000, "fast calls say nothing")
        var refused = limit.refused
        while limit.limit > 140 {
            now = drive(&limit, windows: 1, demand: 70, latency: .milliseconds(1_500), from: now)
            #expect(limit.refused == refused, "nobody is refused on the way down")
            refused = limit.refused
            try #require(now < at(.seconds(60)))
        }
        #expect(limit.limit == 140)
        now = drive(&limit, windows: 30, demand: 70, latency: .milliseconds(1_500), from: now)
        #expect(limit.limit < 60 && limit.refused > 0)
        _ = drive(&limit, windows: 100, demand: 70, latency: .milliseconds(10), from: now)
        #expect(limit.limit >= 70)
    }

    @Test("a queue that nobody notices is none")
    func unnoticed() {
        var settings = GradientLimitSettings()
        settings.unnoticed = .milliseconds(100)
        var limit = GradientLimit(settings)
        var now = drive(&limit, windows: 20, demand: 90, latency: .milliseconds(2), from: at(.zero))
        now = drive(&limit, windows: 100, demand: 90, latency: .milliseconds(100), from: now)
        #expect(limit.limit >= 100 && limit.refused == 0)
        _ = drive(&limit, windows: 100, demand: 90, latency: .milliseconds(101), from: now)
        #expect(limit.limit < 90 && limit.refused > 0)
    }

    @Test("at the limit calls are refused at once, and counted")
    func refuses() {
        var limit = GradientLimit()
        #expect((0..<120).filter { _ in limit.enter() }.count == 100)
        #expect((limit.inFlight, limit.admitted, limit.refused) == (100, 100, 20))
        limit.leave(latency: nil, at: at(.zero))
        #expect(limit.enter() == true)
        #expect(limit.enter() == false)
    }

    @Test("it grows under demand while latency is steady, up to the most")
    func grows() {
        var limit = GradientLimit()
        let now = drive(&limit, windows: 20, demand: 1_100, latency: .milliseconds(10), from: at(.zero))
        #expect(limit.limit > 130)
        _ = drive(&limit, windows: 1_000, demand: 1_100, latency: .milliseconds(10), from: now)
        #expect(limit.limit == 1_000)
    }

    @Test("it shrinks when calls queue, never below the least, and recovers")
    func shrinks() {
        var limit = GradientLimit()
        var now = drive(&limit, windows: 300, demand: 1_100, latency: .milliseconds(10), from: at(.zero))
        let before = limit.limit
        now = drive(&limit, windows: 20, demand: 1_100, latency: .milliseconds(60), from: now)
        #expect(limit.limit < before / 2)
        now = drive(&limit, windows: 60, demand: 1_100, latency: .seconds(1), from: now)
        #expect((20...40).contains(limit.limit))
        _ = drive(&limit, windows: 300, demand: 1_100, latency: .milliseconds(10), from: now)
        #expect(limit.limit > before / 2)
    }

    @Test("latency within the tolerance does not shrink it")
    func tolerates() {
        var limit = GradientLimit()
        let now = drive(&limit, windows: 50, demand: 1_100, latency: .milliseconds(10), from: at(.zero))
        let before = limit.limit
        _ = drive(&limit, windows: 20, demand: 1_100, latency: .milliseconds(14), from: now)
        #expect(limit.limit > before)
    }

    @Test("a limit that is not used does not grow")
    func rests() {
        var limit = GradientLimit()
        _ = drive(&limit, windows: 500, demand: 40, latency: .milliseconds(10), from: at(.zero))
        #expect(limit.limit == 100)
    }

    @Test("fewer than ten samples, or calls without a latency, change nothing")
    func waitsForSamples() {
        var limit = GradientLimit()
        for number in 0..<9 {
            #expect(limit.enter() == true)
            limit.leave(latency: .milliseconds(1), at: at(.seconds(number)))
        }
        for number in 0..<100 {
            #expect(limit.enter() == true)
            limit.leave(latency: nil, at: at(.seconds(number)))
        }
        #expect(limit.limit == 100)
    }

    @Test("whatever the latencies, the limit stays in its range", arguments: 1...4 as ClosedRange<UInt64>)
    func staysInRange(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var limit = GradientLimit()
        var now = at(.zero)
        for step in 0..<20_000 {
            if random.below(5) < 3 {
                _ = limit.enter()
            } else if limit.inFlight > 0 {
                limit.leave(
                    latency: .nanoseconds(Int64(random.next() >> UInt64(random.below(64) + 1))),
                    at: now
                )
            }
            now = now + .milliseconds(random.below(30))
            #expect((20...1_000).contains(limit.limit), "seed \(seed), step \(step)")
            #expect((0...1_000).contains(limit.inFlight), "seed \(seed), step \(step)")
        }
    }

    @Test("a simulated server with 50 workers is neither starved nor buried")
    func findsCapacity() {
        var settings = GradientLimitSettings()
        settings.initial = 400
        var limit = GradientLimit(settings)
        var now = drive(&limit, windows: 100, demand: 45, latency: .milliseconds(10), from: at(.zero))
        for _ in 0..<300 {
            // Beyond 50 at once, calls queue: their latency grows with their number.
            let load = min(limit.limit, 2_000)
            drive(&limit, demand: 2_000, latency: .milliseconds(10) * max(50, load) / 50, at: now)
            now = now + .milliseconds(100)
        }
        #expect((50...200).contains(limit.limit), "\(limit.limit)")
    }
}

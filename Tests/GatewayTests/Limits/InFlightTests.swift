import Reactor
import Resilience
import Testing

@testable import Gateway

@Suite("G17: limits on what is in flight") struct InFlightTests {
    /// Holds leases, as the answers of requests do.
    private final class Holder {
        var lease: InFlightLease?
        init(_ lease: consuming InFlightLease?) { self.lease = lease }
        var holds: Bool { lease != nil }
    }

    @Test("a place is given back once, however it ends")
    func once() {
        let limit = InFlightLimit(2)
        var first: Holder? = Holder(limit.enter())
        let second = Holder(limit.enter())
        #expect(first?.holds == true && second.holds)
        #expect(Holder(limit.enter()).holds == false)
        #expect((limit.count, limit.refused) == (2, 1))
        first = nil
        #expect(limit.count == 1)
        second.lease = nil
        second.lease = nil
        #expect(limit.count == 0)
        if let lease = limit.enter() { lease.end() }
        #expect(limit.count == 0)
        #expect(InFlightLimit(0).most == 1)
    }

    @Test("each caller has places of its own")
    func byKey() {
        let limits = InFlightByKey(2)
        let held = [1, 1, 2, UInt64.max].map { Holder(limits.enter(RateKey(hash: $0))) }
        #expect(held.count { $0.holds } == 4)
        #expect(Holder(limits.enter(RateKey(hash: 1))).holds == false)
        #expect((limits.count, limits.callerCount, limits.refused) == (4, 3, 1))
        held[0].lease = nil
        #expect(Holder(limits.enter(RateKey(hash: 1))).holds)
        for holder in held { holder.lease = nil }
        #expect((limits.count, limits.callerCount) == (0, 0))
    }

    @Test("many tasks at once never hold more than the bound, and leave nothing behind")
    func concurrent() async {
        let limit = InFlightLimit(8)
        let limits = InFlightByKey(3)
        let most = await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 as Range<UInt64> {
                group.addTask {
                    var isBounded = true
                    for _ in 0..<2_000 {
                        let place = limit.enter()
                        let own = limits.enter(RateKey(hash: task % 2 + 1))
                        if own != nil { isBounded = isBounded && limits.count <= 6 }
                        _ = consume place
                        _ = consume own
                    }
                    return isBounded
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(most)
        #expect((limit.count, limits.count, limits.callerCount) == (0, 0, 0))
    }
}

@Suite("G18: load shedding") struct LoadShedderTests {
    private final class Holder {
        var lease: ShedderLease?
        init(_ lease: consuming ShedderLease?) { self.lease = lease }
        var holds: Bool { lease != nil }
        func answered(after latency: Duration, at now: MonotonicInstant) {
            guard let lease = lease.take() else { return }
            lease.answered(afterNanoseconds: latency.nanoseconds, at: now)
        }
    }

    /// One window of requests, as many as are admitted of `demand`.
    private func drive(_ shedder: LoadShedder, demand: Int, latency: Duration, at time: Duration) -> Int {
        let held = (0..<demand).map { _ in Holder(shedder.enter()) }.filter { $0.holds }
        for holder in held { holder.answered(after: latency, at: LimitFixture.at(time)) }
        return held.count
    }

    @Test("at the limit a request is refused at once; a lease that tells nothing gives its place back")
    func refuses() {
        let shedder = LoadShedder(service: "a")
        var held = (0..<120).map { _ in Holder(shedder.enter()) }
        #expect(held.count { $0.holds } == 100)
        #expect((shedder.limit, shedder.inFlight, shedder.shed) == (100, 100, 20))
        held.removeAll()
        #expect((shedder.limit, shedder.inFlight) == (100, 0))
    }

    @Test("the limit falls when latency rises, and comes back")
    func follows() {
        let shedder = LoadShedder(service: "a")
        for step in 0..<300 {
            _ = drive(shedder, demand: 1_100, latency: .milliseconds(10), at: .milliseconds(100 * step))
        }
        let before = shedder.limit
        for step in 300..<330 {
            _ = drive(shedder, demand: 1_100, latency: .milliseconds(80), at: .milliseconds(100 * step))
        }
        #expect(shedder.limit < before / 2)
        for step in 330..<700 {
            _ = drive(shedder, demand: 1_100, latency: .milliseconds(10), at: .milliseconds(100 * step))
        }
        #expect(shedder.limit > before / 2)
        #expect(shedder.inFlight == 0)
    }
}

import Reactor
import TestSupport
import Testing

@testable import Gateway

@Suite("when a tunnel does what") struct TunnelScheduleTests {
    private static let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private static func at(_ seconds: Int) -> MonotonicInstant { start + .seconds(seconds) }

    private static func plan(_ change: (inout TunnelSettings) -> Void = { _ in }) -> DrainPlan {
        var settings = TunnelSettings()
        settings.drainSpread = .zero
        change(&settings)
        var random = SplitMix(seed: 1)
        return DrainPlan(settings, at: start, within: .seconds(25), using: &random)
    }

    @Test("it ends when nothing has moved for an hour, counted from the last byte")
    func idle() {
        var schedule = TunnelSchedule(TunnelSettings(), at: Self.start)
        #expect(schedule.next == Self.at(3600))
        #expect(schedule.step(at: Self.at(3599)) == nil)
        schedule.moved(at: Self.at(3599))
        #expect(schedule.step(at: Self.at(3600)) == nil)
        #expect(schedule.next == Self.at(7199))
        #expect(schedule.step(at: Self.at(7199)) == .endIdle)
    }

    @Test("a drain asks between messages, then between frames, then waits for the client and for the server")
    func drain() {
        var schedule = TunnelSchedule(TunnelSettings(), at: Self.start)
        schedule.drain(Self.plan())
        #expect(schedule.next == Self.at(0))
        #expect(schedule.step(at: Self.at(0)) == .shut(.betweenMessages))
        #expect(schedule.next == Self.at(5))
        #expect(schedule.step(at: Self.at(4)) == nil)
        #expect(schedule.step(at: Self.at(5)) == .shut(.betweenFrames))
        #expect(schedule.step(at: Self.at(6)) == nil)
        schedule.shut(at: Self.at(7))
        #expect(schedule.next == Self.at(12))
        #expect(schedule.step(at: Self.at(11)) == nil)
        #expect(schedule.step(at: Self.at(12)) == .shutUpstream)
        #expect(schedule.next == Self.at(17))
        #expect(schedule.step(at: Self.at(16)) == nil)
        #expect(schedule.step(at: Self.at(17)) == .cut)
    }

    @Test("a tunnel that falls idle before its turn ends so; a second drain changes nothing")
    func early() {
        var settings = TunnelSettings()
        settings.idleTimeout = .seconds(3)
        var schedule = TunnelSchedule(settings, at: Self.start)
        var late = TunnelSettings()
        late.drainSpread = .zero
        var random = SplitMix(seed: 1)
        schedule.drain(DrainPlan(late, at: Self.at(4), within: .seconds(25), using: &random))
        schedule.drain(Self.plan())
        #expect(schedule.next == Self.at(3))
        #expect(schedule.step(at: Self.at(3)) == .endIdle)
    }

    @Test("draws are spread over the spread, half of the drain's time at most, and over the delays")
    func draws() {
        var random = SplitMix(seed: 7)
        var settings = TunnelSettings()
        settings.drainSpread = .seconds(5)
        let plans = (0..<2000).map { _ in
            DrainPlan(settings, at: Self.start, within: .seconds(25), using: &random)
        }
        let begins = plans.map { ($0.begin - Self.start).nanoseconds / 1_000_000_000 }
        for second in 0..<5 { #expect((300...500).contains(begins.count { $0 == second })) }
        let delays = plans.map(\.reconnectMilliseconds)
        #expect(delays.allSatisfy { (250...5000).contains($0) })
        #expect(Set(delays).count > 1000)
        #expect(plans.allSatisfy { $0.urge == $0.begin + .seconds(5) })
        let short = (0..<200).map { _ in
            DrainPlan(settings, at: Self.start, within: .seconds(2), using: &random)
        }
        #expect(short.allSatisfy { $0.begin <= Self.at(1) })
        // A message that does not end is cut at a frame's end before all is cut.
        #expect(short.allSatisfy { $0.urge == Self.start + .milliseconds(1_500) })
        let late = DrainPlan(settings, at: Self.start, within: .seconds(25), isLate: true, using: &random)
        #expect(late.begin == Self.start)
    }
}

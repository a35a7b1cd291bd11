import TestSupport
import Testing

@testable import Reactor

@Suite("timer wheel") struct TimerWheelTests {
    @Test("each timer fires once, never early, and at its own tick", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func firesInTime(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var now: UInt64 = random.next() % 1_000_000
        var wheel = TimerWheel<UInt64>(startingAt: now)
        var pending: [UInt64: Int] = [:]
        for _ in 0..<2_000 {
            let distance =
                random.next() % [10, 100, 5_000, 300_000, 20_000_000].randomElement(using: &random)! + 1
            pending[now + distance, default: 0] += 1
            _ = wheel.insert(now + distance, at: now + distance)
            now += random.next() % 50
            while let due = wheel.popExpired(at: now) {
                #expect(due <= now, "seed \(seed)")
                pending[due, default: 0] -= 1
                if pending[due] == 0 { pending[due] = nil }
            }
            #expect(pending.keys.min().map { $0 > now } ?? true, "seed \(seed): a due timer did not fire")
        }
        while let next = wheel.nextTick {
            now = max(now, next)
            while let due = wheel.popExpired(at: now) {
                pending[due, default: 0] -= 1
                if pending[due] == 0 { pending[due] = nil }
            }
        }
        #expect(pending.isEmpty)
        #expect(wheel.count == 0)
    }

    @Test(
        "a cancelled timer never fires, and cancelling twice finds nothing",
        arguments: [7, 8, 9] as [UInt64]
    )
    func cancels(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var wheel = TimerWheel<Int>(startingAt: 5)
        var handles: [(Int, TimerWheel<Int>.Handle)] = []
        for number in 0..<1_000 {
            handles.append((number, wheel.insert(number, at: 6 + random.next() % 100_000)))
        }
        var kept: Set<Int> = []
        for (number, handle) in handles {
            if random.next() % 2 == 0 {
                #expect(wheel.cancel(handle) == number, "seed \(seed)")
                #expect(wheel.cancel(handle) == nil, "seed \(seed)")
            } else {
                kept.insert(number)
            }
        }
        while let number = wheel.popExpired(at: 200_000) {
            #expect(kept.remove(number) != nil, "seed \(seed)")
        }
        #expect(kept.isEmpty, "seed \(seed)")
    }

    @Test("a timer in the past fires with the next tick")
    func past() {
        var wheel = TimerWheel<String>(startingAt: 1_000)
        _ = wheel.insert("late", at: 3)
        #expect(wheel.popExpired(at: 1_000) == nil)
        #expect(wheel.nextTick == 1_001)
        #expect(wheel.popExpired(at: 1_001) == "late")
    }
}

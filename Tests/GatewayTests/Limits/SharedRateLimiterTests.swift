import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("G9: one limit for several gateways") struct SharedRateLimiterTests {
    private typealias Fixture = LimitFixture

    /// A store that fails, or answers never, until it is told otherwise.
    private final class FaultyStore: SharedRateStore {
        enum Mode { case fails, hangs, answers }
        let mode = Mutex(Mode.fails)
        let calls = Atomic<Int>(0)
        let cancelled = Atomic<Int>(0)

        func take(_ cost: Int, of bucket: SharedBucket, _ schedule: RateSchedule) async throws -> RateVerdict
        {
            calls.add(1, ordering: .relaxed)
            switch mode.withLock({ $0 }) {
            case .fails: throw Fixture.Bad(text: "away")
            case .hangs:
                await Latch().wait()
                cancelled.add(1, ordering: .relaxed)
                throw CancellationError()
            case .answers: return schedule.take(cost, fullAt: 0, at: 1).verdict
            }
        }
    }

    /// Waits until it is cancelled: the store is always in time.
    private static let never: @Sendable (Duration) async throws -> Void = { _ in await Latch().wait() }

    @Test("two gateways give out one burst, exactly")
    func exact() async throws {
        let store = MemoryRateStore(now: { Fixture.at(.zero) })
        let gateways = try (0..<2).map { _ in
            let local = RateLimiter(try Fixture.limit("10/h", burst: 100))
            return SharedRateLimiter(local, store: store, pause: Self.never)
        }
        let allowed = await withTaskGroup(of: Int.self) { group in
            for gateway in gateways {
                group.addTask {
                    var allowed = 0
                    for _ in 0..<100 {
                        let verdict = await gateway.take(Fixture.key(1), named: "u", at: Fixture.at(.zero))
                        if verdict.isAllowed { allowed += 1 }
                    }
                    return allowed
                }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 100)
        #expect(await gateways[0].take(Fixture.key(2), named: "v", at: Fixture.at(.zero)).isAllowed)
        #expect(gateways.map(\.failures) == [0, 0])
        #expect(gateways[0].local.keyCount == 0)
    }

    @Test("a store that fails is left alone for a while, and this gateway's buckets decide")
    func fails() async throws {
        let store = FaultyStore()
        let local = RateLimiter(try Fixture.limit("10/h", burst: 3))
        let limiter = SharedRateLimiter(local, store: store, pause: Self.never)
        var allowed = 0
        for _ in 0..<5 where await limiter.take(Fixture.key(1), named: "u", at: Fixture.at(.zero)).isAllowed {
            allowed += 1
        }
        #expect(allowed == 3)
        #expect(store.calls.load(ordering: .relaxed) == 1)
        #expect(limiter.failures == 1)
        store.mode.withLock { $0 = .answers }
        #expect(
            await limiter.take(Fixture.key(1), named: "u", at: Fixture.at(.milliseconds(999))).isAllowed
                == false
        )
        #expect(await limiter.take(Fixture.key(1), named: "u", at: Fixture.at(.seconds(1))).isAllowed)
        #expect(store.calls.load(ordering: .relaxed) == 2)
    }

    @Test("a store that is too slow is given up, and its call cancelled")
    func slow() async throws {
        let store = FaultyStore()
        store.mode.withLock { $0 = .hangs }
        let bounds = Mutex<[Duration]>([])
        let limiter = SharedRateLimiter(RateLimiter(try Fixture.limit("10/h", burst: 1)), store: store) {
            bound in
            bounds.withLock { $0.append(bound) }
        }
        #expect(await limiter.take(Fixture.key(1), named: "u", at: Fixture.at(.zero)).isAllowed)
        #expect(await limiter.take(Fixture.key(1), named: "u", at: Fixture.at(.zero)).isAllowed == false)
        #expect(bounds.withLock { $0 } == [.milliseconds(20)])
        #expect(store.cancelled.load(ordering: .relaxed) == store.calls.load(ordering: .relaxed))
        #expect(limiter.failures == 1)
    }
}

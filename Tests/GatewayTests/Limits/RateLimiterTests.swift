import Reactor
import TestSupport
import Testing

@testable import Gateway

@Suite("G9: limiters") struct RateLimiterTests {
    private typealias Fixture = LimitFixture

    @Test("a burst passes, then as many as the rate says")
    func burst() throws {
        let limiter = RateLimiter(try Fixture.limit("100/s", burst: 5))
        for left in [4, 3, 2, 1, 0] {
            let verdict = limiter.take(Fixture.key(1), at: Fixture.at(.zero))
            #expect(verdict.isAllowed)
            #expect((verdict.limit, verdict.remaining) == (5, left))
        }
        let refusal = limiter.take(Fixture.key(1), at: Fixture.at(.zero))
        #expect(!refusal.isAllowed)
        #expect(refusal.retryAfterNanoseconds == 10_000_000)
        #expect(refusal.nanosecondsUntilFull == 50_000_000)
        #expect(limiter.take(Fixture.key(2), at: Fixture.at(.zero)).isAllowed)
        #expect(limiter.take(Fixture.key(1), at: Fixture.at(.milliseconds(10))).isAllowed)
        #expect(!limiter.take(Fixture.key(1), at: Fixture.at(.milliseconds(10))).isAllowed)
        #expect(limiter.refused == 2)
        limiter.refund(Fixture.key(1), cost: 3)
        #expect(limiter.take(Fixture.key(1), cost: 0, at: Fixture.at(.milliseconds(10))).remaining == 3)
    }

    static let clients: [(String, String, Bool)] = [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true), ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ("unix:/a", "unix:/b", true), ("::1", "0.0.0.1", false),
    ]

    @Test("a client is an IPv4 address or an IPv6 /64", arguments: clients)
    func clientKeys(one: String, other: String, isSame: Bool) throws {
        let first = RateKey(client: try #require(SocketAddress(numericHost: one, port: 1)))
        let second = RateKey(client: try #require(SocketAddress(numericHost: other, port: 2)))
        #expect((first == second) == isSame)
    }

    @Test("keys of two kinds or texts differ")
    func textKeys() {
        let keys = [
            RateKey("a".utf8.span, kind: .subject), RateKey("a".utf8.span, kind: .tenant),
            RateKey("b".utf8.span, kind: .subject), RateKey("".utf8.span, kind: .subject),
            RateKey(number: 1, kind: .route), RateKey(number: 2, kind: .route),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(RateKey("a".utf8.span, kind: .subject) == keys[0])
    }

    @Test("rates of 1/s or more are divided by the gateways, slower ones are not")
    func shares() throws {
        func allowed(_ limiter: RateLimiter) -> Int {
            (0..<200).count { _ in limiter.take(Fixture.key(1), at: Fixture.at(.zero)).isAllowed }
        }
        for (rate, gateways, expected) in [
            ("100/s", 1, 60), ("100/s", 3, 20), ("100/s", 100, 1), ("60/min", 2, 30), ("10/h", 4, 60),
            ("100/s", 0, 60),
        ] {
            let limiter = RateLimiter(try Fixture.limit(rate, burst: 60))
            limiter.setShare(of: gateways)
            #expect(allowed(limiter) == expected, "\(rate) among \(gateways)")
        }
        // In the long run all gateways together give the rate.
        let limiter = RateLimiter(try Fixture.limit("100/s", burst: 4))
        limiter.setShare(of: 4)
        let passed = (0..<10_000).count {
            limiter.take(Fixture.key(1), at: Fixture.at(.milliseconds($0))).isAllowed
        }
        #expect((250...251).contains(passed))
    }

    @Test("a share that changes keeps debts")
    func changingShare() throws {
        let limiter = RateLimiter(try Fixture.limit("100/s", burst: 60))
        for _ in 0..<30 { _ = limiter.take(Fixture.key(1), at: Fixture.at(.zero)) }
        limiter.setShare(of: 2)
        #expect(limiter.take(Fixture.key(1), cost: 0, at: Fixture.at(.zero)).remaining == 15)
        limiter.setShare(of: 1)
        #expect(limiter.take(Fixture.key(1), cost: 0, at: Fixture.at(.zero)).remaining == 30)
    }

    @Test("a million clients are known apart, in 32 MiB")
    func million() throws {
        var random = SplitMix(seed: 1)
        let limiter = RateLimiter(try Fixture.limit("10/h", burst: 1))
        let now = Fixture.at(.zero)
        var passed = 0
        for _ in 0..<1_000_000 where limiter.take(Fixture.key(random.next()), at: now).isAllowed {
            passed += 1
        }
        #expect(passed == 1_000_000)
        #expect(limiter.keyCount == 1_000_000)
        #expect(limiter.evictions == 0)
        #expect(limiter.byteCount == 32 << 20)
        // All of them are known again: each hundredth is asked for.
        random = SplitMix(seed: 1)
        for index in 0..<1_000_000 {
            let key = Fixture.key(random.next())
            if index % 100 == 0 { #expect(limiter.take(key, at: now).isAllowed == false) }
        }
        // More than there are places: the memory stays.
        random = SplitMix(seed: 2)
        for _ in 0..<1_200_000 { _ = limiter.take(Fixture.key(random.next()), at: now) }
        #expect(limiter.byteCount == 32 << 20)
        #expect(limiter.evictions > 0)
    }

    @Test("takers on several threads never get more than burst and rate give")
    func concurrent() async throws {
        let limiter = RateLimiter(try Fixture.limit("1000/s", burst: 50), capacity: 5_000)
        let clock = LimitTally()
        let allowed = await withTaskGroup(of: [Int].self) { group in
            for seed in 1...4 as ClosedRange<UInt64> {
                group.addTask {
                    var random = SplitMix(seed: seed)
                    var allowed = [Int](repeating: 0, count: 20)
                    for _ in 0..<20_000 {
                        // 80 000 steps of 10 µs: 0.8 s in all.
                        let step = clock.next()
                        let index = random.below(20)
                        let key = Fixture.key(0x9E37_79B9_7F4A_7C15 &* UInt64(index + 1))
                        if limiter.take(key, at: Fixture.at(.microseconds(10 * step))).isAllowed {
                            allowed[index] += 1
                        }
                        // Others come and go meanwhile, so that the tables grow.
                        _ = limiter.take(Fixture.key(random.next()), at: Fixture.at(.microseconds(10 * step)))
                    }
                    return allowed
                }
            }
            var sums = [Int](repeating: 0, count: 20)
            for await part in group { for index in sums.indices { sums[index] += part[index] } }
            return sums
        }
        #expect(limiter.evictions == 0)
        // Each was asked for about 4 000 times; 50 and 800 may pass.
        for count in allowed { #expect((800...851).contains(count)) }
    }

    @Test("a zone whose policy stays keeps its buckets, one with another policy its counters")
    func book() throws {
        let book = RateLimiterBook(capacity: 100)
        book.setShare(of: 2)
        let first = try #require(
            book.adopt([try Fixture.limit("10/s", burst: 2), try Fixture.limit("1/s", name: "b")]).first
        )
        #expect(first.schedule.burst == 1)
        #expect(first.take(Fixture.key(1), at: Fixture.at(.zero)).isAllowed)
        #expect(!first.take(Fixture.key(1), at: Fixture.at(.zero)).isAllowed)
        #expect(book.adopt([try Fixture.limit("10/s", burst: 2)]).first === first)
        #expect(book.all.map(\.limit.name) == ["api"])
        let second = try #require(book.adopt([try Fixture.limit("20/s", burst: 2)]).first)
        #expect(second.refused == 1)
        #expect(second.schedule.burst == 1)
        #expect(second.take(Fixture.key(1), at: Fixture.at(.zero)).isAllowed)
        book.setShare(of: 1)
        #expect(second.schedule.burst == 2)
    }
}

import TestSupport
import Testing

@testable import Gateway

@Suite("G9: tables of buckets") struct RateTableTests {
    private func schedule(_ rate: String = "1/s", burst: Int = 1) throws -> RateSchedule {
        RateSchedule(try LimitFixture.limit(rate, burst: burst))
    }

    @Test(
        "it agrees with a dictionary while it grows, forgets full buckets and grows again",
        arguments: 1...6 as ClosedRange<UInt64>
    )
    func agreesWithModel(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let schedule = try schedule("1/s", burst: 3)
        var table = RateTable(most: 1 << 14)
        var model: [UInt64: Int64] = [:]
        // Few keys that come again and again among many that come once.
        let regulars = (0..<200).map { _ in max(1, random.next()) }
        var now: Int64 = 1
        var refusals: UInt64 = 0
        for step in 0..<60_000 {
            now += Int64(random.below(400_000))
            if step == 30_000 { now += 10_000_000_000 }
            let hash = random.below(3) == 0 ? regulars[random.below(200)] : max(1, random.next())
            let cost = random.below(3)
            let expected = schedule.take(cost, fullAt: model[hash] ?? 0, at: now)
            let verdict = table.take(cost, of: hash, schedule, at: now)
            #expect(verdict == expected.verdict, "seed \(seed), step \(step)")
            if verdict.isAllowed { model[hash] = expected.fullAt } else { refusals += 1 }
            if verdict.isAllowed, cost > 0, random.below(20) == 0 {
                table.refund(cost, of: hash, schedule)
                model[hash] = schedule.refund(cost, fullAt: expected.fullAt)
            }
        }
        #expect(table.evictions == 0, "seed \(seed)")
        #expect(table.refused == refusals && refusals > 0, "seed \(seed)")
        #expect(table.byteCount <= 16 << 14, "seed \(seed)")
    }

    @Test("who only looks, and who is refused, takes no place")
    func looking() throws {
        let schedule = try schedule(burst: 2)
        var table = RateTable(most: 16)
        #expect(table.byteCount == 0)
        for hash in 1...1_000 as ClosedRange<UInt64> {
            #expect(table.take(0, of: hash, schedule, at: 1).remaining == 2)
        }
        #expect(table.byteCount == 0)
    }

    @Test(
        "a debt outlasts a spray of other keys as long as there is room",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func sprayWithRoom(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let schedule = try schedule("10/h")
        var table = RateTable(most: 1 << 14)
        let victim = max(1, random.next())
        #expect(table.take(1, of: victim, schedule, at: 1).isAllowed)
        // Six of ten places.
        for _ in 0..<10_000 { _ = table.take(1, of: max(1, random.next()), schedule, at: 1) }
        #expect(table.evictions == 0, "seed \(seed)")
        #expect(table.take(1, of: victim, schedule, at: 1).isAllowed == false, "seed \(seed)")
    }

    @Test(
        "a full table forgets the least debts first, and takes no more memory",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func sprayWithoutRoom(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let schedule = try schedule("10/h", burst: 10)
        var table = RateTable(most: 1 << 12)
        // Ten callers owe all, the attacker's keys one token each, of which there are ten times more than places.
        let debtors = (0..<10).map { _ in max(1, random.next()) }
        for debtor in debtors { _ = table.take(10, of: debtor, schedule, at: 1) }
        for _ in 0..<(10 << 12) { _ = table.take(1, of: max(1, random.next()), schedule, at: 1) }
        #expect(table.byteCount == 16 << 12)
        #expect(table.used == 1 << 12)
        #expect(table.evictions > 30_000, "seed \(seed)")
        for debtor in debtors {
            #expect(table.take(1, of: debtor, schedule, at: 1).isAllowed == false, "seed \(seed)")
        }
    }

    @Test("when the debts are over, the places are free again")
    func recovers() throws {
        var random = SplitMix(seed: 7)
        let schedule = try schedule("1/s")
        var table = RateTable(most: 1 << 10)
        for _ in 0..<20_000 { _ = table.take(1, of: max(1, random.next()), schedule, at: 1) }
        let before = table.evictions
        #expect(before > 0)
        for round in 1...20 as ClosedRange<Int64> {
            let now = 1 + round * 1_000_000_000
            let keys = (0..<500).map { _ in max(1, random.next()) }
            for key in keys { _ = table.take(1, of: key, schedule, at: now) }
            for key in keys { #expect(table.take(1, of: key, schedule, at: now).isAllowed == false) }
        }
        #expect(table.evictions == before)
    }
}

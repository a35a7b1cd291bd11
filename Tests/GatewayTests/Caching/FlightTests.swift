import HTTP
import Reactor
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("G22: single flight") struct FlightTests {
    private typealias Fixture = CacheFixture
    private let clock = CacheClock()

    /// A service that answers when it is told to.
    private final class SlowOrigin: Sendable {
        let calls = Atomic<Int>(0)
        let asked = Events<Int>()
        let gate = Latch()
        let answer: @Sendable (Int) throws -> HTTPResponse

        init(_ answer: @escaping @Sendable (Int) throws -> HTTPResponse) { self.answer = answer }

        func respond() async throws -> HTTPResponse {
            let number = calls.add(1, ordering: .relaxed).newValue
            asked.note(number)
            await gate.wait()
            try Task.checkCancellation()
            return try answer(number)
        }
    }

    /// Has one request lead and so many wait for it; then opens the gate and gathers all answers.
    private func run(
        _ cache: ResponseCache,
        _ origin: SlowOrigin,
        waiters: Int,
        language: @escaping @Sendable (Int) -> String = { _ in "fr" }
    ) async throws -> (leader: Result<HTTPResponse, any Error>, others: [Result<HTTPResponse, any Error>]) {
        @Sendable func ask(_ number: Int) async throws -> HTTPResponse {
            try await cache.respond(to: Fixture.get("/a", ["Accept-Language": language(number)]), route: "r")
            { _ in
                try await origin.respond()
            }
        }
        let leader = Task { try await ask(0) }
        #expect(await origin.asked.next() == 1)
        let others = (1...max(1, waiters)).prefix(waiters).map { number in Task { try await ask(number) } }
        try await eventually("\(waiters) wait") { cache.flights.waiting == waiters }
        origin.gate.open()
        var results: [Result<HTTPResponse, any Error>] = []
        for other in others { results.append(await other.result) }
        return (await leader.result, results)
    }

    @Test("a hundred requests at once are one for the service")
    func one() async throws {
        let cache = try Fixture.cache(clock)
        let origin = SlowOrigin { _ in Fixture.ok() }
        let (leader, others) = try await run(cache, origin, waiters: 100)
        #expect(try leader.get().cacheStatus == "vigie; fwd=uri-miss; stored; ttl=60")
        for other in others {
            let answer = try other.get()
            #expect(answer.cacheStatus == "vigie; fwd=uri-miss; collapsed; ttl=60")
            #expect(try await answer.text() == "content")
        }
        #expect(origin.calls.load(ordering: .relaxed) == 1)
        #expect(cache.figures[.collapsed] == 100)
        #expect((cache.flights.flightCount, cache.flights.waiting) == (0, 0))
    }

    @Test("of a hundred requests for ten variants ten more go to the service")
    func variants() async throws {
        let cache = try Fixture.cache(clock)
        let origin = SlowOrigin { _ in Fixture.ok("max-age=60", ["Vary": "Accept-Language"]) }
        let (_, others) = try await run(cache, origin, waiters: 100) { "\($0 % 10)" }
        for other in others { #expect(try other.get().head.status == .ok) }
        #expect(origin.calls.load(ordering: .relaxed) == 10)
    }

    @Test("when the answer can't be kept, all go on at once, and nobody waits under that key for a while")
    func notKept() async throws {
        let cache = try Fixture.cache(clock)
        // Only the leader's answer waits for the gate; the others are all in the service at the same time before any ends.
        let together = Events<Int>()
        let all = Latch()
        let origin = SlowOrigin { _ in Fixture.ok("private") }
        @Sendable func ask() async throws -> HTTPResponse {
            try await cache.respond(to: Fixture.get(), route: "r") { _ in
                if origin.calls.load(ordering: .relaxed) == 0 { return try await origin.respond() }
                together.note(0)
                await all.wait()
                return Fixture.ok("private")
            }
        }
        let leader = Task { try await ask() }
        #expect(await origin.asked.next() == 1)
        let others = (0..<20).map { _ in Task { try await ask() } }
        try await eventually("20 wait") { cache.flights.waiting == 20 }
        origin.gate.open()
        for _ in 0..<20 { #expect(await together.next() == 0) }
        // One that comes now does not wait for them.
        let late = Task { try await ask() }
        #expect(await together.next() == 0)
        #expect(cache.flights.waiting == 0)
        all.open()
        for task in others + [late] { #expect(try await task.value.cacheStatus == "vigie; fwd=uri-miss") }
        #expect(try await leader.value.cacheStatus == "vigie; fwd=uri-miss")
        #expect(cache.flights.flightCount == 0)
        // After that while they wait for each other again.
        clock.advance(11)
        let kept = try await cache.respond(to: Fixture.get(), route: "r") { _ in Fixture.ok() }
        #expect(kept.cacheStatus == "vigie; fwd=uri-miss; stored; ttl=49")
    }

    @Test("when the fetch fails, each one fetches for itself")
    func failed() async throws {
        let cache = try Fixture.cache(clock)
        let origin = SlowOrigin { number in if number == 1 { throw Fixture.Down() } else { Fixture.ok() } }
        let (leader, others) = try await run(cache, origin, waiters: 10)
        #expect(throws: Fixture.Down.self) { try leader.get() }
        for other in others { #expect(try other.get().head.status == .ok) }
        #expect(origin.calls.load(ordering: .relaxed) == 11)
    }

    @Test("a leader whose client leaves hands over to one that waits; the others get that one's answer")
    func leaderLeaves() async throws {
        let cache = try Fixture.cache(clock)
        let second = Latch()
        let calls = LimitTally()
        let asked = Events<Int>()
        @Sendable func ask() async throws -> HTTPResponse {
            try await cache.respond(to: Fixture.get(), route: "r") { _ in
                let number = calls.next()
                asked.note(number)
                if number == 1 { await Latch().wait() } else { await second.wait() }
                try Task.checkCancellation()
                return Fixture.ok()
            }
        }
        let leader = Task { try await ask() }
        #expect(await asked.next() == 1)
        let others = (0..<10).map { _ in Task { try await ask() } }
        try await eventually("10 wait") { cache.flights.waiting == 10 }
        leader.cancel()
        #expect(await asked.next() == 2)
        #expect(cache.flights.waiting == 9)
        second.open()
        for other in others { #expect(try await other.value.head.status == .ok) }
        await #expect(throws: CancellationError.self) { _ = try await leader.value }
        #expect(calls.value == 2)
        #expect(cache.flights.flightCount == 0)
    }

    @Test("one that waits and is cancelled leaves alone")
    func waiterLeaves() async throws {
        let cache = try Fixture.cache(clock)
        let origin = SlowOrigin { _ in Fixture.ok() }
        let leader = Task {
            try await cache.respond(to: Fixture.get(), route: "r") { _ in try await origin.respond() }
        }
        #expect(await origin.asked.next() == 1)
        let other = Task {
            try await cache.respond(to: Fixture.get(), route: "r") { _ in try await origin.respond() }
        }
        try await eventually("one waits") { cache.flights.waiting == 1 }
        other.cancel()
        await #expect(throws: CancellationError.self) { _ = try await other.value }
        #expect(cache.flights.waiting == 0)
        origin.gate.open()
        #expect(try await leader.value.head.status == .ok)
        #expect(origin.calls.load(ordering: .relaxed) == 1)
    }

    @Test("a wait ends with the request's own deadline: then it fetches for itself")
    func deadline() async throws {
        let cache = try Fixture.cache(clock)
        let origin = SlowOrigin { _ in Fixture.ok() }
        let leader = Task {
            try await cache.respond(to: Fixture.get(), route: "r") { _ in try await origin.respond() }
        }
        #expect(await origin.asked.next() == 1)
        let deadline = Deadline(at: clock.now.monotonic + .milliseconds(5))
        let alone = try await cache.respond(to: Fixture.get(), route: "r", deadline: deadline) { _ in
            Fixture.ok(body: "own")
        }
        #expect(try await alone.text() == "own")
        let over = try await cache.respond(
            to: Fixture.get("/a", ["Cache-Control": "max-age=0"]),
            route: "r",
            deadline: Deadline(at: clock.now.monotonic)
        ) { _ in Fixture.ok(body: "over") }
        #expect(over.head.status == .ok)
        origin.gate.open()
        _ = try await leader.value
    }

    @Test("while one validates, the others get the stale answer where the service allows it")
    func staleWhileRevalidate() async throws {
        let cache = try Fixture.cache(clock)
        _ = try await cache.respond(to: Fixture.get(), route: "r") { _ in
            Fixture.ok("max-age=60, stale-while-revalidate=30", body: "old")
        }
        clock.advance(70)
        let origin = SlowOrigin { _ in Fixture.ok(body: "new") }
        let leader = Task {
            try await cache.respond(to: Fixture.get(), route: "r") { _ in try await origin.respond() }
        }
        #expect(await origin.asked.next() == 1)
        for _ in 0..<5 {
            let stale = try await cache.respond(to: Fixture.get(), route: "r") { _ in throw Fixture.Down() }
            #expect(stale.cacheStatus == "vigie; hit; ttl=-10")
            #expect(try await stale.text() == "old")
        }
        origin.gate.open()
        #expect(try await leader.value.text() == "new")
    }
}

@Suite("G22: who fetches and who waits") struct FlightTableTests {
    private func at(_ seconds: Int) -> MonotonicInstant { LimitFixture.at(.seconds(seconds)) }
    private func table(flights: Int = 10, waiting: Int = 10) -> FlightTable {
        FlightTable(passTime: .seconds(10), mostFlights: flights, mostWaiting: waiting)
    }

    @Test("bounds on flights and on waits send requests on their own way")
    func bounds() {
        var table = table(flights: 1, waiting: 1)
        #expect(table.join([1], until: at(9), at: at(0)) == .leads)
        #expect(table.join([2], until: at(9), at: at(0)) == .alone)
        guard case .waits = table.join([1], until: at(9), at: at(0)) else {
            Issue.record("it does not wait")
            return
        }
        #expect(table.join([1], until: at(9), at: at(0)) == .alone)
        #expect(table.end([1], .kept, at: at(1)).map(\.1) == [.looksAgain])
        #expect((table.flightCount, table.waiting) == (0, 0))
        #expect(table.end([1], .kept, at: at(1)).isEmpty == true)
    }

    @Test("who has waited long enough goes on, the others wait")
    func expiry() {
        var table = table()
        #expect(table.join([1], until: at(9), at: at(0)) == .leads)
        #expect(table.join([1], until: at(0), at: at(0)) == .alone)
        guard case .waits(let first) = table.join([1], until: at(5), at: at(0)),
            case .waits(let second) = table.join([1], until: at(7), at: at(0))
        else {
            Issue.record("they don't wait")
            return
        }
        #expect(table.nextExpiry == at(5))
        #expect(table.expire(at: at(4)) == [])
        #expect(table.expire(at: at(5)) == [first])
        #expect(table.nextExpiry == at(7))
        #expect(table.abandon(first, [1]) == false)
        #expect(table.abandon(second, [1]) == true)
        #expect(table.waiting == 0)
    }

    @Test("a key whose answer was not kept is passed until its time is over")
    func passes() {
        var table = table()
        _ = table.join([1], until: at(9), at: at(0))
        _ = table.end([1], .notKept, at: at(0))
        #expect(table.join([1], until: at(9), at: at(9)) == .alone)
        #expect(table.join([1], until: at(99), at: at(10)) == .leads)
        _ = table.end([1], .notKept, at: at(10))
        table.forgetPass([1])
        #expect(table.join([1], until: at(99), at: at(11)) == .leads)
        // Very many such keys: all are forgotten at the bound.
        for number in 0...FlightTable.passLimit {
            let key = [UInt8(number >> 8), UInt8(number & 255), 1]
            _ = table.join(key, until: at(99), at: at(11))
            _ = table.end(key, .notKept, at: at(11))
        }
        #expect(table.join([0, 0, 1], until: at(99), at: at(11)) == .leads)
    }
}

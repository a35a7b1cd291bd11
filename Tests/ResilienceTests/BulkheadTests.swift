import Reactor
import Testing

@testable import Resilience

@Suite("calls that wait for a place", .timeLimit(.minutes(1))) struct BulkheadTests {
    /// Starts a call that waits, and comes back when it does.
    private func waitingCall(
        _ bulkhead: Bulkhead,
        until deadline: Deadline = .none,
        at now: MonotonicInstant = at(.zero)
    ) async -> Task<BulkheadError?, Never> {
        // Those that wait or have waited to their end: one more when this call has begun to.
        let begun = { bulkhead.waiting + Int(bulkhead.counters.expired) }
        let before = begun()
        let task = Task { () async -> BulkheadError? in
            do throws(BulkheadError) {
                try await bulkhead.enter(until: deadline, at: now)
                return nil
            } catch {
                return error
            }
        }
        while begun() == before, !Task.isCancelled { await Task.yield() }
        return task
    }

    /// Lends a bulkhead with one place, taken, and room for three that wait.
    private func withFullBulkhead(_ body: (Bulkhead) async throws -> Void) async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let bulkhead = Bulkhead(BulkheadLimits(inFlight: 1, waiting: 3), timersOn: group.loops[0])
        try await bulkhead.enter(until: .none, at: at(.zero))
        try await body(bulkhead)
    }

    @Test("places go to those that wait, in the order of their coming, and full is refused")
    func inOrder() async throws {
        try await withFullBulkhead { bulkhead in
            var calls: [Task<BulkheadError?, Never>] = []
            for _ in 0..<3 { calls.append(await waitingCall(bulkhead)) }
            await #expect(throws: BulkheadError.full) {
                try await bulkhead.enter(until: .none, at: at(.zero))
            }
            for (number, call) in calls.enumerated() {
                bulkhead.leave(at: at(.zero))
                #expect(await call.value == nil)
                #expect(bulkhead.waiting == 2 - number)
            }
            bulkhead.leave(at: at(.zero))
            #expect(bulkhead.inFlight == 0)
        }
    }

    @Test("a cancelled call stops waiting and takes no place, also when it was cancelled before")
    func cancels() async throws {
        try await withFullBulkhead { bulkhead in
            let first = await waitingCall(bulkhead)
            let second = await waitingCall(bulkhead)
            first.cancel()
            #expect(await first.value == .cancelled)
            let born = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await bulkhead.enter(until: .none, at: at(.zero))
            }
            await #expect(throws: BulkheadError.cancelled) { try await born.value }
            bulkhead.leave(at: at(.zero))
            #expect(await second.value == nil)
            #expect(bulkhead.counters.cancelled == 2)
            #expect((bulkhead.inFlight, bulkhead.waiting) == (1, 0))
        }
    }

    @Test("a wait ends at its deadline, and a place is not given to who is late")
    func expires() async throws {
        try await withFullBulkhead { bulkhead in
            // Far beyond the test's own time, so that only the instants that are passed in end it.
            let soon = Deadline(after: .seconds(3_600), from: .now)
            let late = await waitingCall(bulkhead, until: soon)
            let patient = await waitingCall(bulkhead)
            bulkhead.leave(at: soon.instant)
            #expect(await late.value == .waitedTooLong)
            #expect(await patient.value == nil)
            #expect(bulkhead.counters.expired == 1)
        }
    }

    @Test("the loop's timer ends waits by itself, the earlier one set later too")
    func timer() async throws {
        try await withFullBulkhead { bulkhead in
            let now = MonotonicInstant.now
            let long = await waitingCall(
                bulkhead,
                until: Deadline(after: .milliseconds(60), from: now),
                at: now
            )
            let short = await waitingCall(
                bulkhead,
                until: Deadline(after: .milliseconds(20), from: now),
                at: now
            )
            #expect(await short.value == .waitedTooLong)
            #expect(await long.value == .waitedTooLong)
        }
    }

    @Test("a place is given back however the work ends")
    func givesBack() async throws {
        struct Fault: Error {}
        try await withFullBulkhead { bulkhead in
            bulkhead.leave(at: at(.zero))
            let inFlight = try await bulkhead.run(until: .none) { bulkhead.inFlight }
            #expect(inFlight == 1)
            await #expect(throws: Fault.self) {
                try await bulkhead.run(until: .none) { throw Fault() }
            }
            #expect(bulkhead.inFlight == 0)
        }
    }

    @Test("many tasks, some cancelled: never more than the limit at once, none left behind")
    func holdsUnderLoad() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let bulkhead = Bulkhead(BulkheadLimits(inFlight: 4, waiting: 1_000), timersOn: group.loops[0])
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<400 {
                tasks.addTask {
                    let task = Task {
                        try await bulkhead.run(until: .none) {
                            #expect(bulkhead.inFlight <= 4)
                            await Task.yield()
                        }
                    }
                    if number % 5 == 0 { task.cancel() }
                    _ = await task.result
                }
            }
        }
        #expect((bulkhead.inFlight, bulkhead.waiting) == (0, 0))
        let counters = bulkhead.counters
        #expect(counters.admitted + counters.cancelled == 400)
    }
}

import Reactor
import Synchronization
import TestSupport
import Testing

@Suite("blocking pool", .timeLimit(.minutes(1))) struct BlockingPoolTests {
    struct Refusal: Error, Equatable { let number: Int }

    /// How many are inside, and the most that ever were.
    private final class Gauge: Sendable {
        private let state: Mutex<(now: Int, peak: Int)> = Mutex((0, 0))

        var peak: Int { state.withLock { $0.peak } }
        func rise() { state.withLock { $0 = ($0.now + 1, max($0.peak, $0.now + 1)) } }
        func fall() { state.withLock { $0.now -= 1 } }
    }

    @Test("calls run off the loops, and give back what they return or throw")
    func results() async throws {
        let pool = BlockingPool(threads: 2, queue: 10)
        let loop = try TestLoops.two.loops[0]
        let (inside, after) = try await Task(executorPreference: loop) {
            (try await pool.run { EventLoop.current == nil }, EventLoop.current === loop)
        }.value
        #expect(inside)
        #expect(after)
        await #expect(throws: Refusal(number: 7)) { try await pool.run { throw Refusal(number: 7) } }
    }

    @Test("no more calls run at once than it has threads")
    func limit() async throws {
        let pool = BlockingPool(threads: 3, queue: 1000)
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<500 {
                tasks.addTask {
                    try await pool.run {
                        gauge.rise()
                        gauge.fall()
                    }
                }
            }
            try await tasks.waitForAll()
        }
        #expect((1...3).contains(gauge.peak))
        #expect(pool.snapshot().waiting == 0)
    }

    @Test("a full queue refuses at once, and says how full it is")
    func overload() async throws {
        let pool = BlockingPool(threads: 2, queue: 3)
        let (barrier, begun) = (Barrier(), Events<Void>())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<2 {
                tasks.addTask {
                    try await pool.run {
                        begun.note(())
                        barrier.wait()
                    }
                }
            }
            for _ in 0..<2 { _ = await begun.next() }
            for _ in 0..<3 { tasks.addTask { try await pool.run { barrier.wait() } } }
            while pool.snapshot().waiting < 3 { await Task.yield() }
            let refusal = await #expect(throws: BlockingPool.Overloaded.self) { try await pool.run {} }
            #expect(refusal?.waiting == 3)
            let figures = pool.snapshot()
            #expect(figures.running == 2)
            #expect(figures.waiting == 3)
            #expect(figures.refused == 1)
            barrier.open(times: 5)
            try await tasks.waitForAll()
        }
        #expect(try await pool.run { 1 } == 1)
    }

    @Test("a call that has begun runs to its end though its task is cancelled")
    func cancellation() async throws {
        let pool = BlockingPool(threads: 1, queue: 1)
        let (barrier, begun) = (Barrier(), Events<Void>())
        let call = Task {
            try await pool.run {
                begun.note(())
                barrier.wait()
                return 5
            }
        }
        _ = await begun.next()
        call.cancel()
        barrier.open()
        #expect(try await call.value == 5)
    }
}

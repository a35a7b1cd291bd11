import Reactor
import Synchronization
import TestSupport
import Testing

@Suite("event loop", .timeLimit(.minutes(1))) struct EventLoopTests {
    let group: EventLoopGroup
    var loop: EventLoop { group.loops[0] }

    init() throws { group = try TestLoops.two }

    /// Pinned to a loop, as a server's part is.
    private actor Pinned {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
        private var count = 0

        init(_ loop: EventLoop) { self.loop = loop }

        func step() async -> (EventLoop?, Int) {
            count += 1
            await Task.yield()
            return (EventLoop.current, count)
        }
    }

    /// Has no executor of its own.
    private actor Plain {
        func place() -> EventLoop? { EventLoop.current }
    }

    @concurrent private static func place() async -> EventLoop? { EventLoop.current }
    private static func inheritedPlace() async -> EventLoop? { EventLoop.current }

    @Test("no other thread is a loop's")
    func elsewhere() async {
        #expect(EventLoop.current == nil)
        #expect(!loop.isCurrent)
    }

    @Test("a task that prefers the loop runs there, with all it calls, behind each await")
    func staysOnLoop() async throws {
        let loop = loop
        let (pinned, plain) = (Pinned(loop), Plain())
        let places = await Task(executorPreference: loop) {
            var places = [EventLoop.current]
            await Task.yield()
            places.append(EventLoop.current)
            places.append(await Self.place())
            places.append(EventLoop.current)
            places.append(await Self.inheritedPlace())
            places.append(await pinned.step().0)
            places.append(EventLoop.current)
            places.append(await plain.place())
            try? await loop.sleep(for: .milliseconds(1))
            places.append(EventLoop.current)
            async let child = Self.place()
            places.append(await child)
            await withTaskGroup(of: EventLoop?.self) { tasks in
                tasks.addTask { EventLoop.current }
                for await place in tasks { places.append(place) }
            }
            return places
        }.value
        #expect(places.count == 11)
        #expect(places.allSatisfy { $0 === loop })
    }

    @Test("an actor pinned to a loop runs there, whoever calls")
    func pinnedActor() async throws {
        let pinned = Pinned(loop)
        #expect(await pinned.step().0 === loop)
        let other = group.loops[1]
        let (place, after) = await Task(executorPreference: other) {
            (await pinned.step().0, EventLoop.current)
        }.value
        #expect(place === loop)
        #expect(after === other)
    }

    @Test("a thousand callers from all sides find an actor's state whole")
    func manyCallers() async {
        let pinned = Pinned(loop)
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<1000 {
                if number % 2 == 0 {
                    tasks.addTask { _ = await pinned.step() }
                } else {
                    tasks.addTask(executorPreference: group.loops[number / 2 % 2]) { _ = await pinned.step() }
                }
            }
        }
        #expect(await pinned.step().1 == 1001)
    }

    @Test("calls from other threads run on the loop, in their order")
    func execute() async {
        let order: Mutex<[Int]> = Mutex([])
        await withCheckedContinuation { continuation in
            for number in 0..<1000 {
                loop.execute { [loop] in
                    order.withLock { $0.append(loop.isCurrent ? number : -1) }
                    if number == 999 { continuation.resume() }
                }
            }
        }
        #expect(order.withLock { $0 } == Array(0..<1000))
    }

    @Test("a call from the loop itself runs later, never within the call that asked for it")
    func executeFromLoop() async {
        let loop = loop
        let order = await Task(executorPreference: loop) {
            let order = Events<Int>()
            loop.execute { order.note(2) }
            order.note(1)
            return [await order.next(), await order.next()]
        }.value
        #expect(order == [1, 2])
    }

    @Test("a group gives the caller's own loop, and else takes turns")
    func next() async {
        let group = group
        let own = await Task(executorPreference: group.loops[1]) { group.next() }.value
        #expect(own === group.loops[1])
        let given = (0..<8).map { _ in group.next().index }
        #expect(Set(given) == [0, 1])
    }

    // MARK: Sleeping

    @Test("a sleep does not end too early, and ends on the loop")
    func sleeps() async throws {
        let loop = loop
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for milliseconds in [0, 1, 10, 20, 40] {
                tasks.addTask(executorPreference: loop) {
                    let began = MonotonicInstant.now
                    try await loop.sleep(for: .milliseconds(milliseconds))
                    #expect(MonotonicInstant.now - began >= .milliseconds(milliseconds))
                    #expect(loop.isCurrent)
                }
            }
            try await tasks.waitForAll()
        }
    }

    @Test("a cancelled sleep ends at once", arguments: [false, true])
    func cancelledSleep(beforehand: Bool) async throws {
        let loop = loop
        let begun = Events<Void>()
        let sleeper = Task(executorPreference: loop) {
            begun.note(())
            if beforehand { while !Task.isCancelled { await Task.yield() } }
            try await loop.sleep(for: .seconds(3000))
        }
        _ = await begun.next()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test("a thousand sleeps that are cancelled as they end do end", arguments: [1, 2, 3] as [UInt64])
    func cancelRaces(seed: UInt64) async {
        var random = SplitMix(seed: seed)
        let loop = loop
        let sleepers = (0..<1000).map { _ in
            let time = Duration.microseconds(Int64(random.next() % 4000))
            return Task(executorPreference: loop) { try await loop.sleep(for: time) }
        }
        for sleeper in sleepers {
            sleeper.cancel()
            _ = await sleeper.result
        }
    }

    // MARK: Statistics

    @Test("a turn that takes long is seen while it lasts and counted when it is over")
    func lag() async throws {
        // A group of its own: its loop is held up on purpose.
        let group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let before = loop.statistics.snapshot()
        let (isHeld, mayGoOn) = (Events<Void>(), Barrier())
        loop.execute {
            isHeld.note(())
            let end = MonotonicInstant.now + .milliseconds(60)
            while MonotonicInstant.now < end {}
            mayGoOn.wait()
        }
        _ = await isHeld.next()
        var lag = Duration.zero
        while lag < .milliseconds(60) { lag = loop.statistics.snapshot().currentLag }
        mayGoOn.open()
        // Two turns later the long one is in the books.
        for _ in 0..<2 { await Task(executorPreference: loop) {}.value }
        let after = loop.statistics.snapshot()
        #expect(after.longestTurn >= .milliseconds(60))
        #expect(after.busy - before.busy >= .milliseconds(60))
        #expect(after.turns > before.turns)
        let first = try #require(LoopStatistics.lagBounds.firstIndex { $0 >= 60_000_000 })
        #expect(after.lagBuckets[first...].reduce(0, +) >= 1)
        group.stop()
    }
}

import Reactor
import Synchronization
import Testing

@testable import Telemetry

@Suite("counting on many threads", .timeLimit(.minutes(1))) struct ConcurrencyTests {
    private static let rounds = 20_000

    /// The instruments of one metric each, and what the threads do with them.
    private struct Instruments: Sendable {
        let counter: Counter
        let inFlight: UpDownCounter
        let histogram: Histogram

        init(_ registry: MetricRegistry) throws {
            counter = try registry.declare(MetricDefinition<Counter>("a_total", help: "a")).with()
            inFlight = try registry.declare(MetricDefinition<UpDownCounter>("b", help: "b")).with()
            let bounds = HistogramBounds([1, 2])
            let definition = MetricDefinition<Histogram>(
                "c_seconds",
                help: "c",
                unit: .seconds,
                bounds: bounds
            )
            histogram = try registry.declare(definition).with()
        }

        /// Takes away less than it adds, and shows as trace of each value the value itself.
        func work() {
            for round in 0..<ConcurrencyTests.rounds {
                counter.add()
                inFlight.add(2)
                let value = Double(round % 4)
                let id = UInt128(value.bitPattern)
                let exemplar = Exemplar(
                    traceID: id << 64 | id,
                    time: MonotonicInstant(nanoseconds: Int64(round))
                )
                histogram.record(value, exemplar: exemplar)
                inFlight.add(-1)
            }
        }
    }

    @Test("no addition is lost, and what a scrape sees meanwhile is never torn and never falls")
    func totals() async throws {
        let registry = try MetricsFixture.registry()
        let instruments = try Instruments(registry)
        let (loops, strangers) = (try MetricsFixture.group.loops, try MetricsFixture.strangers.loops)
        let running = Atomic<Int>(0)
        await withTaskGroup(of: Void.self) { tasks in
            let work: @Sendable () async -> Void = {
                instruments.work()
                running.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            }
            running.store(loops.count + strangers.count + 2, ordering: .sequentiallyConsistent)
            for loop in loops + strangers { tasks.addTask(executorPreference: loop) { await work() } }
            for _ in 0..<2 { tasks.addTask { await work() } }
            var last: (UInt64, UInt64) = (0, 0)
            repeat {
                let value = instruments.histogram.value
                let now = (instruments.counter.value, value.count)
                #expect(now.0 >= last.0 && now.1 >= last.1)
                #expect(value.exemplars.allSatisfy(Self.isWhole))
                last = now
                await Task.yield()
            } while running.load(ordering: .sequentiallyConsistent) > 0
        }
        let total = UInt64(Self.rounds) * UInt64(loops.count + strangers.count + 2)
        let value = instruments.histogram.value
        #expect(instruments.counter.value == total)
        #expect(instruments.inFlight.value == Int64(total))
        #expect(value.counts == [total / 2, total / 4, total / 4])
        #expect(value.sum == Double(total) * 1.5)
        #expect(value.exemplars.allSatisfy { $0 != nil && Self.isWhole($0) })
    }

    private static func isWhole(_ shown: HistogramValue.ShownExemplar?) -> Bool {
        guard let shown else { return true }
        let half = UInt128(shown.value.bitPattern)
        return shown.exemplar.traceID == half << 64 | half
            && shown.exemplar.time.nanoseconds % 4 == Int64(shown.value)
    }

    @Test("each loop of the group writes a shard of its own, everybody else the last one")
    func shards() async throws {
        let map = ShardMap(loops: try MetricsFixture.group.loops)
        let own = ShardMap.Shard(index: 1, isExclusive: true)
        let shared = ShardMap.Shard(index: 3, isExclusive: false)
        #expect(map.count == 4)
        #expect(map.current == shared)
        let strangers = try MetricsFixture.strangers.loops
        let loops = [try MetricsFixture.group.loops[1], strangers[1], strangers[3]]
        for (loop, expected) in zip(loops, [own, shared, shared]) {
            let found = await withCheckedContinuation { done in
                loop.execute { done.resume(returning: map.current) }
            }
            #expect(found == expected)
        }
    }

    @Test("no two shards share two cache lines, whatever was allocated before")
    func padding() throws {
        let store = CellStore(shards: ShardMap(loops: try MetricsFixture.group.loops))
        for size in [1, 3, 500, 12, 512, 512, 7] {
            var ranges: [Range<UInt>] = []
            unsafe store.allocate(size).forEachShard(from: 0) { words in
                let first = UInt(bitPattern: words)
                ranges.append((first / 128)..<((first + UInt(size) * 8 + 127) / 128))
            }
            #expect(ranges.count == 4)
            for (left, right) in zip(ranges, ranges.dropFirst()) { #expect(!left.overlaps(right)) }
        }
    }
}

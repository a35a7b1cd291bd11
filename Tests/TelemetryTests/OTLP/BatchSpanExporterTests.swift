import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("batch exporter") struct BatchSpanExporterTests {
    /// Runs an exporter with a tracer before it, and ends it.
    static func run(
        _ transport: FakeTransport,
        _ settings: BatchSettings = BatchSettings(),
        _ body: @escaping @Sendable (BatchSpanExporter, Tracer) async throws -> Void
    ) async throws {
        let exporter = BatchSpanExporter(to: transport, on: try TestLoops.two, settings: settings)
        let tracer = Tracer(sink: exporter)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await exporter.run() }
            try await body(exporter, tracer)
            tasks.cancelAll()
        }
    }

    static func record(_ count: Int, _ tracer: Tracer) {
        for index in 0..<count { tracer.start("s\(index)", remoteParent: nil).end() }
    }

    /// A delay that no test waits for.
    static var patient: BatchSettings {
        var settings = BatchSettings()
        settings.delay = .seconds(3600)
        return settings
    }

    static var soon: MonotonicInstant { .now + .seconds(20) }

    @Test("what was recorded before a flush has arrived after it, in batches, each span once")
    func flush() async throws {
        let transport = FakeTransport()
        try await Self.run(transport, Self.patient) { exporter, tracer in
            Self.record(1300, tracer)
            #expect(await exporter.flush(by: Self.soon))
            #expect(exporter.counters.exported == 1300 && exporter.counters.waiting == 0)
        }
        #expect(transport.batches.allSatisfy { $0.count <= 512 })
        #expect(transport.batches.flatMap { $0 } == (0..<1300).map { "s\($0)" })
    }

    @Test("a whole batch goes out without delay, fewer with it")
    func wakes() async throws {
        let transport = FakeTransport()
        try await Self.run(transport, Self.patient) { exporter, tracer in
            Self.record(512, tracer)
            while exporter.counters.exported < 512 { try await exporter.pause() }
        }
        var quick = BatchSettings()
        quick.delay = .milliseconds(1)
        try await Self.run(transport, quick) { exporter, tracer in
            Self.record(1, tracer)
            while exporter.counters.exported < 1 { try await exporter.pause() }
        }
    }

    @Test("a receiver that hangs holds nobody up: what the queue can't take is dropped and counted")
    func full() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let transport = FakeTransport(gate: gate)
        try await Self.run(transport, Self.patient) { exporter, tracer in
            Self.record(10_000, tracer)
            let counters = exporter.counters
            #expect(counters.dropped >= 10_000 - 2048 - 512 && counters.waiting <= 2048)
            #expect(!(await exporter.flush(by: .now)))
            opener.finish()
            #expect(await exporter.flush(by: Self.soon))
            #expect(exporter.counters.exported + exporter.counters.dropped == 10_000)
        }
    }

    @Test("a batch is sent again when the receiver says so, and what never arrives is counted")
    func retries() async throws {
        let again = SpanDelivery.retry(after: .zero, reason: "503")
        let transport = FakeTransport([
            again, again, .accepted(rejected: 3), .failed(reason: "400 Bad Request"), again, again, again,
            again, again,
        ])
        try await Self.run(transport, Self.patient) { exporter, tracer in
            Self.record(10, tracer)
            #expect(await exporter.flush(by: Self.soon))
            #expect(
                exporter.counters.exported == 7 && exporter.counters.failed == 3
                    && exporter.counters.retries == 2
            )
            Self.record(5, tracer)
            #expect(await exporter.flush(by: Self.soon))
            #expect(exporter.counters.failed == 8 && exporter.counters.lastFailure == "400 Bad Request")
            Self.record(5, tracer)
            #expect(await exporter.flush(by: Self.soon))
            #expect(exporter.counters.failed == 13 && exporter.counters.lastFailure == "503")
            #expect(transport.sendCount == 9)
        }
    }

    @Test(
        "waits grow from 1 s with jitter, never beyond 30 s, and end after five attempts",
        arguments: [UInt64(51)]
    )
    func schedule(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<1000 {
            var schedule = ExportSchedule()
            let waits = (0..<5).map { _ in schedule.wait(wish: nil, random: random.next()) }
            for (index, wait) in waits.prefix(4).enumerated() {
                let most = Duration.seconds(1 << index)
                #expect(wait.map { $0 >= most / 2 && $0 < most } == true, "seed \(seed)")
            }
            #expect(waits[4] == nil)
        }
        var schedule = ExportSchedule()
        let granted = [7, 7000, -7].map { schedule.wait(wish: .seconds($0), random: 0) }
        #expect(granted == [.seconds(7), .seconds(30), .zero])
    }
}

extension BatchSpanExporter {
    /// Lets others work while a test waits for a counter.
    func pause() async throws { try await TestLoops.two.next().sleep(for: .milliseconds(1)) }
}

public import Reactor
import Synchronization

/// Gathers spans and sends them in batches. Recording never waits for it: what the queue can't take is dropped and
/// counted.
///
/// Its owner runs ``run()`` in a task, and calls ``flush(by:)`` before cancelling that.
public final class BatchSpanExporter: SpanSink {
    /// What has been counted, in spans.
    public struct Counters: Sendable, Hashable {
        /// Waiting now.
        public var waiting = 0
        /// Arrived.
        public var exported = 0
        /// Never sent because the queue was full.
        public var dropped = 0
        /// Refused by the receiver, or not delivered after all attempts.
        public var failed = 0
        /// Batches sent again.
        public var retries = 0
        /// Why a batch failed last.
        public var lastFailure: String?
    }

    private let transport: any SpanTransport
    private let group: EventLoopGroup
    private let settings: BatchSettings
    private let queue: SpanQueue
    private let counted: Mutex<Counters> = Mutex(Counters())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let flushes: Mutex<[Flush]> = Mutex([])

    /// Makes an exporter that sends by `transport` and waits on the loops of `group`.
    public init(
        to transport: any SpanTransport,
        on group: EventLoopGroup,
        settings: BatchSettings = BatchSettings()
    ) {
        self.transport = transport
        self.group = group
        self.settings = settings
        queue = SpanQueue(capacity: settings.queue, batch: settings.batch, transport)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads all figures.
    public var counters: Counters {
        var counters = counted.withLock { $0 }
        (counters.waiting, counters.dropped) = queue.figures
        return counters
    }

    /// Takes one span.
    public func accept(_ span: EndedSpan) {
        if queue.append(span) { wake.yield() }
    }

    /// Sends until the task is cancelled; then it returns at once, and what waits stays.
    public func run() async {
        let loop = group.next()
        await withTaskGroup { tasks in
            tasks.addTask(executorPreference: loop) { [self] in
                while (try? await loop.sleep(for: settings.delay)) != nil { wake.yield() }
            }
            tasks.addTask(executorPreference: loop) { [self] in
                for await _ in wakes { await drain(loop) }
            }
        }
    }

    /// Waits until all that was recorded before is sent or lost, while ``run()`` works.
    ///
    /// - Returns: false when `deadline` came first.
    public func flush(by deadline: MonotonicInstant) async -> Bool {
        let flush = Flush()
        flushes.withLock { $0.append(flush) }
        wake.yield()
        return await flush.wait(until: deadline, on: group.next())
    }

    private func drain(_ loop: EventLoop) async {
        let flushing = flushes.withLock { flushes in
            defer { flushes = [] }
            return flushes
        }
        while !Task.isCancelled {
            let batch = queue.take()
            guard batch.count > 0 else { break }
            await deliver(batch, loop)
            // Else batches would become as small as what arrives while one is sent.
            guard queue.hasBatch || !flushing.isEmpty else { break }
        }
        let isDone = !Task.isCancelled
        for flush in flushing { flush.end(isDone) }
    }

    private func deliver(_ batch: SpanBatch, _ loop: EventLoop) async {
        var schedule = ExportSchedule()
        let payload: [UInt8]
        do {
            payload = try await group.blocking.run { [transport] in transport.payload(of: batch) }
        } catch {
            return fail(batch.count, "\(error)")
        }
        while true {
            switch await transport.send(payload) {
            case .accepted(let rejected): return succeed(batch.count, rejected)
            case .failed(let reason): return fail(batch.count, reason)
            case .retry(let wish, let reason):
                let wait = schedule.wait(wish: wish, random: RandomSource.next())
                guard let wait, (try? await loop.sleep(for: wait)) != nil else {
                    return fail(batch.count, reason)
                }
                counted.withLock { $0.retries += 1 }
            }
        }
    }

    private func succeed(_ count: Int, _ rejected: Int) {
        let rejected = min(max(0, rejected), count)
        counted.withLock { counted in
            counted.exported += count - rejected
            counted.failed += rejected
            if rejected > 0 { counted.lastFailure = "the receiver rejected \(rejected) spans" }
        }
    }

    private func fail(_ count: Int, _ reason: String) {
        counted.withLock { counted in
            counted.failed += count
            counted.lastFailure = reason
        }
    }
}

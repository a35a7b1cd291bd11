import Reactor
import Synchronization

/// Keeps, of the traces that were not sampled from their beginning, those that turn out to be errors or slow.
///
/// Spans of such a trace wait until its first span in this process ends, or until ``TraceSpan/settle(at:)``. Nothing here
/// waits for a timer: spans are bounded by number, and a trace older than ``TailSettings/lifetime`` counts as slow with
/// the next span of it that ends. That every process decides alike is up to ``KeepMark``.
public final class TailKeeper: Sendable {
    private let settings: TailSettings
    private let lifetime: Int64
    private let policy: Mutex<KeepPolicy>
    private let waiting = Atomic<Int>(0)
    private let kept = Atomic<Int>(0)
    private let overBudget = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    /// What has been counted.
    public struct Counters: Sendable, Hashable {
        /// Spans that wait for a decision now.
        public let waitingSpans: Int
        /// Traces kept.
        public let keptTraces: Int
        /// Traces worth keeping that the budget didn't allow.
        public let tracesOverBudget: Int
        /// Spans dropped because too many waited.
        public let droppedSpans: Int
    }

    /// Makes one with its bounds.
    public init(settings: TailSettings = TailSettings()) {
        self.settings = settings
        lifetime = settings.lifetime.nanoseconds
        policy = Mutex(KeepPolicy(settings))
    }

    /// Reads all figures.
    public var counters: Counters {
        Counters(
            waitingSpans: waiting.load(ordering: .relaxed),
            keptTraces: kept.load(ordering: .relaxed),
            tracesOverBudget: overBudget.load(ordering: .relaxed),
            droppedSpans: dropped.load(ordering: .relaxed)
        )
    }

    func begin(at start: MonotonicInstant) -> LocalTrace { LocalTrace(began: start) }

    /// A span has ended: it waits, goes on to `sink`, or is dropped, and the trace's first span decides on all.
    func ended(
        _ recording: any RecordedSpan,
        of trace: LocalTrace,
        at time: MonotonicInstant,
        _ sink: any SpanSink
    ) {
        add(EndedSpan(recording), to: trace, sink)
        let isOver = time.nanoseconds - trace.began.nanoseconds >= lifetime
        if recording.isLocalRoot || isOver { _ = settle(recording, of: trace, at: time, sink) }
    }

    /// Decides on the trace unless that was done; true when it is kept.
    func settle(
        _ recording: any RecordedSpan,
        of trace: LocalTrace,
        at time: MonotonicInstant,
        _ sink: any SpanSink
    ) -> Bool {
        guard trace.isWaiting else { return trace.isKept }
        let (name, isError) = recording.outcome
        let duration = time.nanoseconds - trace.began.nanoseconds
        let verdict = policy.withLock {
            $0.decide(route: name, duration: duration, isError: isError, at: time)
        }
        if verdict == .overBudget { overBudget.add(1, ordering: .relaxed) }
        if verdict == .keep {
            keep(trace, sink)
        } else {
            drop(trace)
        }
        return trace.isKept
    }

    /// Keeps the trace and hands on what waited.
    func keep(_ trace: LocalTrace, _ sink: any SpanSink) {
        guard let spans = trace.decide(keep: true) else { return }
        kept.add(1, ordering: .relaxed)
        release(spans.count)
        for span in spans { sink.accept(span) }
    }

    /// Lets the trace and what waited go, unless it was decided on before.
    func drop(_ trace: LocalTrace) { release(trace.decide(keep: false)?.count ?? 0) }

    private func add(_ span: EndedSpan, to trace: LocalTrace, _ sink: any SpanSink) {
        let isFull = waiting.load(ordering: .relaxed) >= settings.spans
        switch trace.add(span, limit: isFull ? 0 : settings.spansPerTrace) {
        case .waits: waiting.add(1, ordering: .relaxed)
        case .passes: sink.accept(span)
        case .drops: if trace.isWaiting { dropped.add(1, ordering: .relaxed) }
        }
    }

    private func release(_ count: Int) { waiting.subtract(count, ordering: .relaxed) }
}

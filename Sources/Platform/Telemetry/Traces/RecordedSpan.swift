import Reactor

/// A span while it is recorded, whoever keeps it: a ``SpanRecording``, or the ``RequestRecord`` of a request that is
/// answered. Shared by all who hold it, on any thread.
protocol RecordedSpan: AnyObject, Sendable {
    /// What its end is told to.
    var tracer: Tracer { get }
    /// Where the trace's spans of this process wait; nil when it was sampled from the beginning.
    var trace: LocalTrace? { get }
    /// Whether it is the first span of its trace in this process.
    var isLocalRoot: Bool { get }
    /// The name and how the work ended so far.
    var outcome: (name: String, isError: Bool) { get }
    /// All that was recorded so far, and the attributes that come with it.
    var data: SpanData { get }

    /// Changes the content unless the span has ended.
    func change(_ body: (inout SpanContent, SpanLimits) -> Void)
    /// Ends it; false when it has ended before.
    func finish(at end: MonotonicInstant) -> Bool
    /// Writes the same as ``data``.
    func write(to writer: inout SpanWriter)
}

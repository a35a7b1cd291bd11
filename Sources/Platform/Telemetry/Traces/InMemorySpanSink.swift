import Synchronization

/// Keeps spans in memory for tests: the last ones, up to a limit.
public final class InMemorySpanSink: SpanSink {
    private let limit: Int
    private let kept: Mutex<[EndedSpan]> = Mutex([])

    /// Makes one that keeps up to `limit` spans and lets the oldest go. Default 10 000.
    public init(limit: Int = 10_000) { self.limit = limit }

    /// Takes one span.
    public func accept(_ span: EndedSpan) {
        kept.withLock { kept in
            if kept.count == limit { kept.removeFirst() }
            kept.append(span)
        }
    }

    /// All spans kept, in the order they ended.
    public var spans: [SpanData] { ended.map(\.data) }
    /// The same as they came.
    var ended: [EndedSpan] { kept.withLock { $0 } }

    /// Lets all go.
    public func removeAll() { kept.withLock { $0.removeAll() } }
}

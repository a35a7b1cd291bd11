/// Takes spans that have ended.
public protocol SpanSink: Sendable {
    /// Takes one span. Called on event loops: it must neither block nor wait.
    func accept(_ span: EndedSpan)
}

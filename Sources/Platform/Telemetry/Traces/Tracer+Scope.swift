import Reactor

extension Tracer {
    /// Runs `body` in a span of its own, current while it runs; an error it throws is noted and thrown on.
    public func withSpan<Value>(
        _ name: String,
        _ kind: SpanKind = .internal,
        attributes: @autoclosure () -> Attributes = Attributes(),
        isolation: isolated (any Actor)? = #isolation,
        _ body: (TraceSpan) async throws -> Value
    ) async rethrows -> Value {
        let span = start(name, kind, attributes: attributes())
        defer { span.end() }
        do {
            return try await Context.with(Context.current.with(span: span)) { try await body(span) }
        } catch {
            span.record(error)
            throw error
        }
    }
}

/// Runs `body` in a span of the current context's tracer; see ``Tracer/withSpan(_:_:attributes:isolation:_:)``.
public func withSpan<Value>(
    _ name: String,
    _ kind: SpanKind = .internal,
    attributes: @autoclosure () -> Attributes = Attributes(),
    isolation: isolated (any Actor)? = #isolation,
    _ body: (TraceSpan) async throws -> Value
) async rethrows -> Value {
    try await Context.current.tracer.withSpan(name, kind, attributes: attributes(), body)
}

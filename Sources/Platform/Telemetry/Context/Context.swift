public import Reactor

/// What travels with a request through all that works for it: deadline, span, principal, logger.
///
/// A task has one, and the tasks it starts inherit it (task-local). It never changes; ``with(_:isolation:_:)`` binds
/// another one for a while. One allocation makes one, whatever it holds.
public final class Context: Sendable {
    private let values: ContextValues

    /// Takes the values.
    public init(_ values: ContextValues = ContextValues()) { self.values = values }

    /// The calling task's; one with the defaults where none was bound.
    public static var current: Context { Binding.context }

    /// When the request's answer is no use any more; by default never.
    public var deadline: MonotonicInstant { values.deadline }
    /// The current span.
    public var span: TraceSpan { values.span }
    /// The application's names and values that travel on.
    public var baggage: Baggage { values.baggage }
    /// Who the request acts for; nil for nobody.
    public var principal: Principal? { values.principal }
    /// The request's name in all logs; nil outside of a request.
    public var requestID: RequestID? { values.requestID }
    /// The request being answered; nil outside of one.
    public var record: RequestRecord? { values.record }
    /// Where to log.
    public var logger: Logger { values.logger }
    /// What begins spans.
    public var tracer: Tracer { values.tracer }

    /// A copy with changes.
    public func with(_ change: (inout ContextValues) -> Void) -> Context {
        var values = values
        change(&values)
        return Context(values)
    }

    /// A copy with another current span.
    public func with(span: TraceSpan) -> Context { with { $0.span = span } }

    /// A copy that ends at `deadline` or with this one, whichever is sooner.
    public func with(deadline: MonotonicInstant) -> Context {
        with { $0.deadline = min($0.deadline, deadline) }
    }

    /// The time left at `now`, never negative; nil without a deadline.
    public func remaining(at now: MonotonicInstant = .now) -> Duration? {
        deadline == .distantFuture ? nil : max(.zero, deadline - now)
    }
}

extension Context {
    private enum Binding {
        @TaskLocal static var context = Context()
    }

    /// Runs `body` with `context` as the current one, on the caller's actor.
    public static func with<Value>(
        _ context: Context,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await Binding.$context.withValue(context) {
            // The closure becomes the caller's actor's; else `withValue` would leave the actor for it.
            _ = isolation
            return try await body()
        }
    }

    /// Runs `body` with `context` as the current one.
    public static func with<Value>(_ context: Context, _ body: () throws -> Value) rethrows -> Value {
        try Binding.$context.withValue(context, operation: body)
    }
}

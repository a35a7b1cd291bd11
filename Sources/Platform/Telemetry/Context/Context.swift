public import Reactor

/// What travels with a request through all that works for it: deadline, span, principal, logger.
///
/// A task has one, and the tasks it starts inherit it (task-local). It never changes; ``with(_:isolation:_:)`` binds
/// another one for a while. One allocation makes one, whatever it holds.
public final class Context: Sendable {
    /// When the request's answer is no use any more; by default never.
    public let deadline: MonotonicInstant
    /// The application's names and values that travel on.
    public let baggage: Baggage
    /// The request being answered; nil outside of one.
    public let record: RequestRecord?
    /// What differs from what the record knows; nil as a request begins, when nothing does and nothing is copied.
    private let changed: ContextValues?

    /// Takes the values.
    public init(_ values: ContextValues = ContextValues()) {
        deadline = values.deadline
        baggage = values.baggage
        record = values.record
        changed = values
    }

    /// Of a request that begins.
    init(of record: RequestRecord, until deadline: MonotonicInstant, _ baggage: Baggage) {
        self.deadline = deadline
        self.baggage = baggage
        self.record = record
        changed = nil
    }

    /// The calling task's; one with the defaults where none was bound.
    public static var current: Context { Binding.context }

    /// The current span.
    public var span: TraceSpan { changed?.span ?? record?.span ?? .none }
    /// Who the request acts for; nil for nobody.
    public var principal: Principal? { changed?.principal }
    /// The request's name in all logs; nil outside of a request.
    public var requestID: RequestID? { changed == nil ? record?.requestID : changed?.requestID }
    /// Where to log.
    public var logger: Logger { changed?.logger ?? record?.telemetry.settings.logger ?? .silent }
    /// What begins spans.
    public var tracer: Tracer { changed?.tracer ?? record?.tracer ?? .disabled }

    private var values: ContextValues {
        if let changed { return changed }
        guard let record else { return ContextValues() }
        return ContextValues(of: record, until: deadline, baggage)
    }

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

public import Reactor

/// What travels with a request through all that works for it: deadline, span, principal, logger.
///
/// A task has one, and the tasks it starts inherit it (task-local). It never changes; ``with(_:isolation:_:)`` binds
/// another one for a while. One allocation makes one, whatever it holds.
public final class Context: Sendable {
    private enum Storage {
        case values(ContextValues)
        /// As a request begins: the record knows the rest, which is not copied for each of them.
        case request(RequestRecord, deadline: MonotonicInstant, Baggage)
    }
    private let storage: Storage

    /// Takes the values.
    public init(_ values: ContextValues = ContextValues()) { storage = .values(values) }

    /// Of a request that begins.
    init(of record: RequestRecord, until deadline: MonotonicInstant, _ baggage: Baggage) {
        storage = .request(record, deadline: deadline, baggage)
    }

    /// The calling task's; one with the defaults where none was bound.
    public static var current: Context { Binding.context }

    /// When the request's answer is no use any more; by default never.
    public var deadline: MonotonicInstant {
        switch storage {
        case .values(let values): values.deadline
        case .request(_, let deadline, _): deadline
        }
    }
    /// The current span.
    public var span: TraceSpan {
        switch storage {
        case .values(let values): values.span
        case .request(let record, _, _): record.span
        }
    }
    /// The application's names and values that travel on.
    public var baggage: Baggage {
        switch storage {
        case .values(let values): values.baggage
        case .request(_, _, let baggage): baggage
        }
    }
    /// Who the request acts for; nil for nobody.
    public var principal: Principal? {
        switch storage {
        case .values(let values): values.principal
        case .request(_, _, _): nil
        }
    }
    /// The request's name in all logs; nil outside of a request.
    public var requestID: RequestID? {
        switch storage {
        case .values(let values): values.requestID
        case .request(let record, _, _): record.requestID
        }
    }
    /// The request being answered; nil outside of one.
    public var record: RequestRecord? {
        switch storage {
        case .values(let values): values.record
        case .request(let record, _, _): record
        }
    }
    /// Where to log.
    public var logger: Logger {
        switch storage {
        case .values(let values): values.logger
        case .request(let record, _, _): record.telemetry.settings.logger
        }
    }
    /// What begins spans.
    public var tracer: Tracer {
        switch storage {
        case .values(let values): values.tracer
        case .request(let record, _, _): record.tracer
        }
    }

    private var values: ContextValues {
        switch storage {
        case .values(let values): values
        case .request(let record, let deadline, let baggage):
            ContextValues(of: record, until: deadline, baggage)
        }
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

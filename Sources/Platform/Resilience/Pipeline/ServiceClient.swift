public import HTTP
public import Reactor
import Synchronization
import Telemetry

/// Calls to one service, or to one interface outside: the one way out of a process.
///
/// Each call passes, in this order: the limit on calls in flight; the total deadline, which is the caller's own or 10 s,
/// whichever is sooner; the retries; the breaker of the instance that is chosen; the timeout of the attempt. Each attempt
/// is one CLIENT span and one measurement.
///
///     let payments = ServiceClient("payment", instances: instances, transport: http, telemetry: outgoing, on: group)
///     let payment = payments.route("/payments/{id}", isIdempotent: true)
///     let answer = try await payments.send(HTTPRequest(.get, "/payments/7"), on: payment)
public final class ServiceClient: Sendable {
    /// The service's name, in metrics and errors.
    public let service: String
    /// How calls go out.
    public let settings: CallSettings
    let instances: any InstanceSource
    let transport: any HTTPTransport
    /// The same, where it is one for calls between services.
    let http: HTTPClient?
    let limiter: CallLimiter
    let telemetry: OutgoingTelemetry
    let clock: @Sendable () -> MonotonicInstant
    private let group: EventLoopGroup
    private let budget: Mutex<RetryBudget>
    private let standard: CallRoute

    /// Makes a client; calls may come from any thread.
    ///
    /// - Parameters:
    ///   - service: the name of what is called, from a closed list: it is a label of metrics.
    ///   - instances: where it is.
    ///   - transport: what is spoken with it.
    ///   - telemetry: the process's one.
    ///   - group: the loops whose timers wait between attempts.
    ///   - settings: limits and times.
    public convenience init(
        _ service: String,
        instances: any InstanceSource,
        transport: any HTTPTransport,
        telemetry: OutgoingTelemetry,
        on group: EventLoopGroup,
        settings: CallSettings = CallSettings()
    ) {
        self.init(service, instances, transport, telemetry, group, settings) { .now }
    }

    init(
        _ service: String,
        _ instances: any InstanceSource,
        _ transport: any HTTPTransport,
        _ telemetry: OutgoingTelemetry,
        _ group: EventLoopGroup,
        _ settings: CallSettings,
        clock: @escaping @Sendable () -> MonotonicInstant
    ) {
        self.service = service
        self.instances = instances
        self.transport = transport
        http = transport as? HTTPClient
        self.telemetry = telemetry
        self.group = group
        self.settings = settings
        self.clock = clock
        limiter = CallLimiter(settings.limit, timersOn: group.next())
        budget = Mutex(RetryBudget(settings.retryBudget))
        standard = CallRoute(
            "",
            isIdempotent: false,
            isStream: false,
            timeouts: settings.timeouts,
            total: settings.total,
            telemetry: telemetry,
            service: service,
            scheme: settings.scheme
        )
        telemetry.show(self)
    }

    /// Declares a route that is called, once, beside the client.
    ///
    /// - Parameters:
    ///   - template: `/payments/{id}`: the label `http_route` and the attribute `url.template`, from the source and never
    ///     from a request.
    ///   - isIdempotent: whether the callee declares the route so.
    ///   - isStream: for watches, event streams and uploads: only the caller's deadline and the idle timeout hold.
    ///   - retry: in the place of the client's; nil for that.
    ///   - hedge: behind what time without an answer another instance is asked, too, and the first answer taken (Dean and
    ///     Barroso, "The Tail at Scale", 2013); for GET, HEAD and OPTIONS, out of the budget of retries; nil for never.
    ///   - timeouts: in the place of the client's; `total` is not looked at.
    ///   - total: how long a call may take by who declared it, where its callers' deadlines say so; nil for the client's total.
    ///     What ends sooner by a caller's own deadline is not held against an instance.
    /// - Returns: the route, to be kept.
    public func route(
        _ template: String,
        isIdempotent: Bool = false,
        isStream: Bool = false,
        retry: RetryPolicy? = nil,
        hedge: Duration? = nil,
        timeouts: HTTPTimeouts? = nil,
        total: Duration? = nil
    ) -> CallRoute {
        var timeouts = timeouts ?? settings.timeouts
        if isStream { timeouts.attempt = timeouts.idle }
        return CallRoute(
            template,
            isIdempotent: isIdempotent,
            isStream: isStream,
            retry: retry,
            hedge: hedge,
            timeouts: timeouts,
            total: total ?? (isStream ? nil : settings.total),
            telemetry: telemetry,
            service: service,
            scheme: settings.scheme
        )
    }

    /// Sends a request and waits for the head of its answer, which may say anything; the content follows as it is read.
    ///
    /// The call keeps its place until the content has been read or is let go. Deadline, span, baggage and request id are
    /// those of ``Context/current``.
    /// - Throws: ``CallError``, without having sent anything where a place or an instance is missing. When the task is
    ///   cancelled the attempt ends at once.
    public func send(
        _ request: consuming HTTPRequest,
        on route: CallRoute? = nil
    ) async throws(CallError) -> HTTPResponse {
        var summary = CallSummary()
        return try await send(request, on: route, &summary)
    }

    /// The same, telling what the call took.
    package func send(
        _ request: consuming HTTPRequest,
        on route: CallRoute?,
        _ summary: inout CallSummary
    ) async throws(CallError) -> HTTPResponse {
        let route = route ?? standard
        let context = Context.current
        let now = clock()
        let deadline = deadline(route, context, now)
        guard !deadline.isOver(at: now) else { throw CallError(.deadlineOver, service) }
        if limiter.isLimiting { try await enterLimiter(until: deadline, at: now) }
        budget.withLock { $0.recordCall(at: now) }
        var call = OutgoingExchange(self, request, route, context, deadline)
        return try await call.run(&summary, at: limiter.mayWait ? clock() : now)
    }

    /// Sends a request to switch to another protocol, which its `Upgrade` names, and waits for the head of the answer.
    ///
    /// An instance that can't be connected to is followed by another; nothing else is retried, since the request may have
    /// been taken. The call keeps its place, in the limit and on the instance, until nobody holds the connection any more
    /// or, where the instance did not switch, as in ``send(_:on:)``. Deadlines end with the head of a 101 answer.
    /// - Throws: ``CallError``, as ``send(_:on:)`` does; ``CallError/Code/badRequest`` where the transport has no upgrades.
    public func upgrade(
        _ request: HTTPRequest,
        on route: CallRoute? = nil
    ) async throws(CallError) -> UpgradeAnswer {
        let route = route ?? standard
        let context = Context.current
        let now = clock()
        let deadline = deadline(route, context, now)
        guard !deadline.isOver(at: now) else { throw CallError(.deadlineOver, service) }
        if limiter.isLimiting { try await enterLimiter(until: deadline, at: now) }
        budget.withLock { $0.recordCall(at: now) }
        var call = OutgoingUpgrade(self, request, route, context, deadline)
        return try await call.run()
    }

    /// Does what is needed beside the calls, such as probing ejected instances; returns when the task is cancelled.
    public func run() async { await instances.run(probing: transport, on: group.next()) }

    /// The part of the retry budget that is left, from 0 to 1.
    public var remainingBudget: Double { budget.withLock { $0.remainingShare(at: clock()) } }

    /// Calls that have a place now.
    public var inFlight: Int { limiter.inFlight }

    // MARK: For the calls

    private func enterLimiter(
        until deadline: Deadline,
        at now: MonotonicInstant
    ) async throws(CallError) {
        do throws(BulkheadError) {
            try await limiter.enter(until: deadline, at: now)
        } catch {
            throw CallError(noPlace: error, service)
        }
    }

    /// What is exempt from a limit of ours still has its caller's.
    private func deadline(_ route: CallRoute, _ context: Context, _ now: MonotonicInstant) -> Deadline {
        let callers = Deadline(at: context.deadline)
        return route.isStream ? callers : callers.capped(to: settings.total, from: now)
    }

    /// Whether there is another attempt; the budget is asked only where all else allows one.
    func decide(
        after outcome: AttemptOutcome,
        _ schedule: inout RetrySchedule,
        at now: MonotonicInstant
    ) -> RetryDecision {
        guard settings.retry.isRetryable(outcome) else { return .stop(.notRetryable) }
        var random = SystemRandomNumberGenerator()
        return budget.withLock { schedule.next(after: outcome, at: now, budget: &$0, using: &random) }
    }

    /// An instance for a second attempt beside one that takes long, within the budget; nil where there is none.
    func hedge(excluding tried: [ServiceInstance]) -> InstanceLease? {
        let now = clock()
        guard let lease = try? instances.choose(excluding: tried, at: now) else { return nil }
        if !tried.contains(lease.instance), budget.withLock({ $0.takeRetry(at: now) }) { return lease }
        instances.record(.cancelled, of: lease, holdsPlace: false, at: now)
        return nil
    }

    /// Waits between two attempts; false when the task was cancelled.
    func pause(_ time: Duration) async -> Bool {
        guard time > .zero else { return !Task.isCancelled }
        return (try? await group.next().sleep(for: time)) != nil
    }
}

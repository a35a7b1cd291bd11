public import Reactor

/// Gives the instance for each attempt and hears how the attempt went. Instances may come and go between two choices.
///
/// All is synchronous and may be called from any thread: a choice must not wait. ``BalancedInstances`` is one for a list
/// that is known, or kept up to date by who follows a registry.
public protocol InstanceSource: Sendable {
    /// Chooses the instance for an attempt that begins now, and takes a place on it: each lease is given back by
    /// ``record(_:of:holdsPlace:at:)`` once, and by ``release(_:_:at:)`` when that left its place taken. `tried` are
    /// those that this call has been sent to already, in order; another one is chosen where there is one.
    ///
    /// - Throws: ``InstanceRefusal``.
    func choose(
        excluding tried: [ServiceInstance],
        at now: MonotonicInstant
    ) throws(InstanceRefusal) -> InstanceLease

    /// Takes the outcome of an attempt, when the head of its answer came or it failed. `holdsPlace` says whether the
    /// answer's content is still to be read; then a release follows.
    func record(
        _ outcome: AttemptOutcome,
        of lease: InstanceLease,
        holdsPlace: Bool,
        at now: MonotonicInstant
    )

    /// The answer's content was read or let go, or it failed, which `failure` tells.
    func release(_ lease: InstanceLease, _ failure: AttemptOutcome?, at now: MonotonicInstant)

    /// Where the breakers stand, by instance, for `resilience_breaker_state`.
    var breakers: [(instance: ServiceInstance, state: CircuitBreaker.State)] { get }

    /// How often each instance was ejected, for `resilience_ejections_total`.
    var ejections: [(instance: ServiceInstance, count: UInt64)] { get }

    /// Does what the source needs done beside the calls, such as probing ejected instances, until the task is cancelled.
    func run(probing transport: any HTTPTransport, on loop: EventLoop) async
}

extension InstanceSource {
    /// None is ever ejected.
    public var ejections: [(instance: ServiceInstance, count: UInt64)] { [] }

    /// Nothing is to be done.
    public func run(probing transport: any HTTPTransport, on loop: EventLoop) async {}
}

/// A place on an instance for one attempt.
public struct InstanceLease: Sendable {
    /// Where the attempt goes.
    public let instance: ServiceInstance
    /// When the attempt began.
    public let began: MonotonicInstant
    /// The breaker's permit, where the source has breakers.
    public let permit: CircuitBreaker.Permit?
    /// By which the source finds the instance again.
    public let token: UInt64
    /// Whether the time to the answer's head is the instance's own: of uploads it is their sender's, of streams nobody's.
    public private(set) var isTimed = true

    /// Puts the parts together.
    public init(
        _ instance: ServiceInstance,
        token: UInt64,
        permit: CircuitBreaker.Permit? = nil,
        at began: MonotonicInstant
    ) {
        self.instance = instance
        self.token = token
        self.permit = permit
        self.began = began
    }

    func timed(_ isTimed: Bool) -> InstanceLease {
        var lease = self
        lease.isTimed = isTimed
        return lease
    }
}

/// Why there is no instance to send to.
public enum InstanceRefusal: Error, Sendable, Equatable {
    /// None is known.
    case noInstance
    /// The breakers of all that could be asked are open; asking again before this time is in vain.
    case breakersOpen(retryAfter: Duration)
}

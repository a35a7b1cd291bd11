public import HTTP
public import Reactor
import Synchronization

/// What a tunnel carries.
public enum TunnelKind: String, Sendable, Hashable, CaseIterable {
    /// WebSocket frames (RFC 6455): a drain ends it with a Close.
    case webSocket = "websocket"
    /// Bytes of another protocol, of which nothing is known: a drain leaves it to its end, within the drain's time.
    case other
    /// A content of server-sent events: a drain ends it between two.
    case eventStream = "event_stream"
}

/// What is open and has to be told of a drain.
protocol Drainable: Sendable {
    var kind: TunnelKind { get }
    /// Soon; may be told more than once.
    func drain(_ plan: DrainPlan)
    /// Ends it, soon.
    func cut()
}

/// The tunnels and event streams that are open in this process: one for all servers of a gateway.
///
/// Their number has no limit of its own: each holds a connection of a server, whose number has one
/// (`HTTPServerSettings.connectionsPerLoop`).
public final class OpenTunnels: Sendable {
    /// How long they live and how they are drained.
    public let settings: TunnelSettings
    private let group: EventLoopGroup

    private struct State {
        var lastID: UInt64 = 0
        var open: [UInt64: any Drainable] = [:]
        /// When the drain's time is up; nil when there is none.
        var drainEnd: MonotonicInstant?
        /// Who waits until none is open.
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    }
    private let state = Mutex(State())

    /// Makes an empty list; `group` are the server's loops.
    public init(on group: EventLoopGroup, settings: TunnelSettings = TunnelSettings()) {
        self.group = group
        self.settings = settings
    }

    /// How many of a kind are open, for a gauge.
    public func count(of kind: TunnelKind) -> Int {
        state.withLock { state in state.open.values.count { $0.kind == kind } }
    }

    /// How many are open.
    public var count: Int { state.withLock { $0.open.count } }

    /// Whether a drain has begun.
    public var isDraining: Bool { state.withLock { $0.drainEnd != nil } }

    // MARK: Opening

    /// Moves bytes between a client's connection and an upstream's until both sides have ended, one has failed, nothing
    /// has moved for ``TunnelSettings/idleTimeout``, or a drain is over. Both connections are closed when it returns.
    ///
    /// Called by who takes over the client's connection (`HTTPResponse.switching(to:fields:_:)`), on its loop. A WebSocket's
    /// bytes pass untouched but for the Close of a drain.
    public func relay(
        _ client: UpgradedConnection,
        _ upstream: UpgradedConnection,
        as kind: TunnelKind = .webSocket
    ) async -> TunnelEnd {
        let tunnel = Tunnel(client, upstream, kind, settings, on: group.next())
        let id = open(tunnel)
        let end = await tunnel.run()
        close(id)
        return end
    }

    /// Lists what has been opened; it is told at once of a drain that goes on.
    func open(_ item: any Drainable) -> UInt64 {
        let (id, end) = state.withLock { state in
            state.lastID += 1
            state.open[state.lastID] = item
            return (state.lastID, state.drainEnd)
        }
        if let end { item.drain(plan(at: .now, until: end, isLate: true)) }
        return id
    }

    /// Takes off the list what has ended; done twice it does nothing.
    func close(_ id: UInt64) {
        let waiters = state.withLock { state -> [UInt64: CheckedContinuation<Bool, Never>] in
            state.open[id] = nil
            guard state.open.isEmpty else { return [:] }
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: true) }
    }

    /// The loop of what is opened by the caller.
    var loop: EventLoop { group.next() }

    // MARK: Draining

    /// Ends all that is open, and what is opened from now on: WebSockets by a Close 1012 ("service restart") between two
    /// messages, whose reason says when to come back, event streams between two events with a `retry`, both spread at
    /// random. What has not ended after `time`, or when the task is cancelled, is cut.
    ///
    /// Call it when no request is routed here any more and before the server drains, or beside that: to the server, a
    /// tunnel is a request in flight.
    /// - Returns: how many were cut.
    public func drain(within time: Duration = .seconds(25)) async -> Int {
        let now = MonotonicInstant.now
        let end = now + time
        let all = state.withLock { state in
            state.drainEnd = state.drainEnd.map { min($0, end) } ?? end
            return Array(state.open.values)
        }
        for item in all { item.drain(plan(at: now, until: end, isLate: false)) }
        // What is opened from here on has its own plan; it is not cut because all the others were quick.
        guard await !waitUntilEmpty(until: end) else { return 0 }
        let rest = state.withLock { Array($0.open.values) }
        for item in rest { item.cut() }
        return rest.count
    }

    private func plan(at now: MonotonicInstant, until end: MonotonicInstant, isLate: Bool) -> DrainPlan {
        var random = SystemRandomNumberGenerator()
        return DrainPlan(settings, at: now, within: end - now, isLate: isLate, using: &random)
    }

    /// Whether the last on the list ended in time.
    private func waitUntilEmpty(until end: MonotonicInstant) async -> Bool {
        let loop = group.next()
        return await withTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try? await loop.sleep(until: end)
                return false
            }
            tasks.addTask { await self.waitUntilEmpty() }
            let isEmpty = await tasks.next() ?? true
            tasks.cancelAll()
            return isEmpty
        }
    }

    /// Ends with the last on the list, or by cancellation.
    private func waitUntilEmpty() async -> Bool {
        let ticket = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Bool? in
                    if state.open.isEmpty { return true }
                    if Task.isCancelled { return false }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: false)
        }
    }
}

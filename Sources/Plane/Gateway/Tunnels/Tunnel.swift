import HTTP
import Reactor

/// One client's connection and its upstream's, and the bytes between them.
///
/// Each direction is a task of its own that reads a piece and writes it before it reads the next: what a slow reader
/// doesn't take waits in the kernels. It lives on the loop where it was made, as both connections do when the client of
/// upstreams has the server's loops: then no byte changes threads.
@safe actor Tunnel: Drainable {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    nonisolated let kind: TunnelKind

    let client: UpgradedConnection
    let upstream: UpgradedConnection
    let settings: TunnelSettings
    /// What may go to the upstream, and to the client. Only a WebSocket's have a say.
    var up = FrameGate()
    var down = FrameGate()
    var byteCountUp = 0
    var byteCountDown = 0
    /// Whether the client has been told that it is to go.
    var hasSaidClose = false
    private var schedule: TunnelSchedule
    private var plan: DrainPlan?
    private var timer: LoopLocal.Timer?
    private var reason: TunnelEnd.Reason?
    private var isOver = false

    init(
        _ client: UpgradedConnection,
        _ upstream: UpgradedConnection,
        _ kind: TunnelKind,
        _ settings: TunnelSettings,
        on loop: EventLoop
    ) {
        self.client = client
        self.upstream = upstream
        self.kind = kind
        self.settings = settings
        self.loop = loop
        schedule = TunnelSchedule(settings, at: .now)
    }

    /// Moves bytes until both sides have ended, or one has failed; both connections are closed then.
    func run() async -> TunnelEnd {
        setTimer()
        await withTaskCancellationHandler {
            await self.pumpBoth()
        } onCancel: {
            soon { $0.stop(.clientLeft) }
        }
        isOver = true
        clearTimer()
        client.close()
        upstream.close()
        return TunnelEnd(
            reason: reason ?? (isLeaving ? .drained : .ended),
            byteCountUp: byteCountUp,
            byteCountDown: byteCountDown
        )
    }

    private func pumpBoth() async {
        async let up: Void = pumpUp()
        await pumpDown()
        await up
    }

    /// Ends it now; the first reason counts. Peers get a reset, so that they take no part for the whole.
    func stop(_ reason: TunnelEnd.Reason) {
        guard !isOver, self.reason == nil else { return }
        self.reason = reason
        let resets = reason != .idle && reason != .drained
        client.close(reset: resets)
        upstream.close(reset: resets)
    }

    // MARK: Draining

    /// The plan, where a drain has begun.
    var reconnectMilliseconds: Int64 { plan?.reconnectMilliseconds ?? 0 }
    /// Whether the client has been asked to go.
    var isLeaving: Bool { down.isShut }

    nonisolated func drain(_ plan: DrainPlan) { soon { $0.begin(plan) } }

    nonisolated func cut() { soon { $0.stop(.cut) } }

    private func begin(_ plan: DrainPlan) {
        // What is no WebSocket has no word for it: it may go on until it is cut.
        guard kind == .webSocket, !isOver, self.plan == nil else { return }
        self.plan = plan
        schedule.drain(plan)
        setTimer()
    }

    private nonisolated func soon(_ body: @escaping @Sendable (isolated Tunnel) -> Void) {
        loop.execute { self.assumeIsolated { body($0) } }
    }

    // MARK: Time

    /// Bytes have moved.
    func moved() { schedule.moved(at: loop.local.now) }

    /// A Close of ours has gone to the client.
    func leave() {
        schedule.shut(at: loop.local.now)
        setTimer()
    }

    /// Moving bytes sets no timer: the one that is set finds out when it fires.
    private func setTimer() {
        clearTimer()
        guard !isOver else { return }
        timer = loop.local.schedule(at: schedule.next) { [weak self] in
            self?.assumeIsolated { $0.fire() }
        }
    }

    private func clearTimer() {
        if let timer { loop.local.cancel(timer) }
        timer = nil
    }

    private func fire() {
        timer = nil
        switch schedule.step(at: loop.local.now) {
        case .endIdle: stop(.idle)
        case .shut(let wish):
            down.ask(wish)
            upstream.wakeReader()
        case .shutUpstream:
            up.ask(.betweenFrames)
            client.wakeReader()
        case .cut: stop(.drained)
        case nil: break
        }
        setTimer()
    }
}

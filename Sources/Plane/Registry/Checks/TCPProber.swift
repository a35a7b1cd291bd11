import Reactor

/// Runs TCP checks: whether a connection can be made.
struct TCPProber: Sendable {
    let resolver: Resolver
    let loop: EventLoop

    /// Connects and closes. Runs on ``loop``.
    func probe(_ text: String, _ plan: CheckPlan) async -> CheckResult {
        guard let address = ProbeAddress(text) else {
            return CheckResult(status: .critical, output: "TCP connect \(text): not host:port")
        }
        do {
            let found =
                if let numeric = SocketAddress(numericHost: address.host, port: address.port) {
                    numeric
                } else {
                    try await resolver.addresses(of: address.host, port: address.port).first
                }
            guard let found else {
                return CheckResult(status: .critical, output: "TCP connect \(text): no address")
            }
            try await Connecting(loop: loop).connect(to: found, within: plan.effectiveTimeout)
            return CheckResult(status: .passing, output: "TCP connect \(text): Success")
        } catch {
            return CheckResult(status: .critical, output: "\(error)")
        }
    }
}

/// The isolation that a socket of a check lives in.
@safe private actor Connecting {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(loop: EventLoop) { self.loop = loop }

    func connect(to address: SocketAddress, within nanoseconds: Int64) async throws(SystemError) {
        let socket = try await StreamSocket.connect(
            to: address,
            on: loop,
            deadline: loop.local.now + nanoseconds,
            shortestTimeout: .seconds(1)
        )
        socket.close()
    }
}

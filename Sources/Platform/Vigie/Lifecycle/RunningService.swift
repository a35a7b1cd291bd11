public import Reactor

/// A service that serves.
public struct RunningService: Sendable {
    /// Where it answers requests.
    public let address: SocketAddress
    /// Where it answers those who operate it.
    public let adminAddress: SocketAddress
    let board: HealthBoard

    /// Whether it should get traffic now, as `/health/ready` tells.
    public var isReady: Bool { board.isReady }
}

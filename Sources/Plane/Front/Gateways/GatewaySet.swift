import Discovery
import HTTP
import Reactor
import Synchronization
import Telemetry

/// The gateways that nginx passes requests on to, as the registry knows them.
///
/// Who leaves waits until ``take(_:)`` returns (ADR 0017): when nginx's new workers serve without it.
final class GatewaySet: InstanceConsumer {
    private struct State {
        var wanted: [GatewayAddress] = []
        var inForce: Set<GatewayAddress> = []
        var isHeld = false
    }

    private let state = Mutex(State())
    private let client: HTTPClient
    private let group: EventLoopGroup
    private let logger: Logger
    private let changed: @Sendable ([GatewayAddress]) -> Void

    /// How long one that leaves is kept waiting: it goes behind 5 s in any case.
    private static let patience = Duration.seconds(6)
    private static let step = Duration.milliseconds(20)
    /// How often those that are held are asked whether they are still there.
    private static let interval = Duration.seconds(2)

    /// - Parameters:
    ///   - client: asks gateways whether they are ready.
    ///   - group: whose timers wait.
    ///   - logger: where it is told what is held.
    ///   - changed: takes the gateways when others are wanted.
    init(
        _ client: HTTPClient,
        on group: EventLoopGroup,
        _ logger: Logger,
        changed: @escaping @Sendable ([GatewayAddress]) -> Void
    ) {
        (self.client, self.group, self.logger, self.changed) = (client, group, logger, changed)
    }

    /// How many requests are passed on to.
    var count: Int { state.withLock { $0.inForce.count } }

    /// Takes gateways that never change.
    func fix(_ gateways: [GatewayAddress]) { want(gateways, isHeld: false) }

    /// Says that nginx passes requests on to these, and to no others.
    func areInForce(_ gateways: [GatewayAddress]) { state.withLock { $0.inForce = Set(gateways) } }

    func take(_ instances: [DiscoveredInstance]) async {
        if instances.isEmpty {
            await hold()
        } else {
            want(Self.choice(of: instances), isHeld: false)
        }
        let end = MonotonicInstant.now + Self.patience
        // Weights don't matter: nothing may be sent to the address.
        while state.withLock({ state in
            let wanted = Set(state.wanted.map(\.text))
            return state.inForce.contains { !wanted.contains($0.text) }
        }), .now < end {
            guard (try? await group.next().sleep(for: Self.step)) != nil else { return }
        }
    }

    /// Asks those that are held again and again, until the task is cancelled.
    func run() async {
        while (try? await group.next().sleep(for: Self.interval)) != nil {
            if state.withLock({ $0.isHeld }) { await hold() }
        }
    }

    /// Those that pass; where none does, all that are not in maintenance: the registry may be wrong, and nobody is worse.
    static func choice(of instances: [DiscoveredInstance]) -> [GatewayAddress] {
        let passing = instances.filter { $0.status == .passing }
        let chosen = passing.isEmpty ? instances.filter { $0.status != .maintenance } : passing
        return Set(chosen.compactMap { GatewayAddress($0) }).sorted()
    }

    /// The registry names none: those that say themselves that they are ready stay. One that leaves says that it is not.
    private func hold() async {
        let known = state.withLock { $0.wanted }
        let ready = await withTaskGroup(of: GatewayAddress?.self, returning: [GatewayAddress].self) { tasks in
            for gateway in known { tasks.addTask { await self.isReady(gateway) ? gateway : nil } }
            var ready: [GatewayAddress] = []
            for await gateway in tasks { if let gateway { ready.append(gateway) } }
            return ready
        }
        if !ready.isEmpty, !state.withLock({ $0.isHeld }) {
            logger.warning(
                "the registry names no gateway: those that are ready are kept",
                ["gateways": .int(ready.count)]
            )
        }
        want(ready.sorted(), isHeld: !ready.isEmpty)
    }

    private func isReady(_ gateway: GatewayAddress) async -> Bool {
        guard let colon = gateway.text.lastIndex(of: ":"),
            let port = UInt16(gateway.text[colon...].dropFirst())
        else { return false }
        let host = gateway.text[..<colon].trimmingBrackets
        var timeouts = HTTPTimeouts()
        (timeouts.attempt, timeouts.total) = (.seconds(1), .seconds(1))
        let response = try? await client.send(
            HTTPRequest(.get, "/health/ready"),
            to: HTTPDestination(host: host, port: port),
            timeouts: timeouts
        )
        return response?.head.status == .ok
    }

    private func want(_ gateways: [GatewayAddress], isHeld: Bool) {
        let isNew = state.withLock { state in
            state.isHeld = isHeld
            defer { state.wanted = gateways }
            return state.wanted != gateways
        }
        if isNew { changed(gateways) }
    }
}

extension Substring {
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") ? String(dropFirst().dropLast()) : String(self)
    }
}

import Reactor

/// What a client's pools and connections share on one loop. Touched by that loop alone.
final class ClientContext {
    /// How long a call waits before it watches for its task's cancellation, in nanoseconds: most are answered sooner,
    /// and setting a handler up costs as much as parsing an answer.
    private static let freshTime: Int64 = 10_000_000

    let settings: HTTPClientSettings
    let idleTime: Int64
    let resolver: Resolver
    let room = SpareRoom()
    /// Each open connection has a slot; a closed one's slot is used again.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var slots: [ClientConnection?] = []
    private var freeSlots: [Int] = []
    private var lastExchange = 0
    /// Looks after the fresh calls; nil while there are none.
    private var freshTimer: LoopLocal.Timer?

    init(_ settings: HTTPClientSettings, _ resolver: Resolver) {
        self.settings = settings
        self.resolver = resolver
        idleTime = settings.idleTimeout.nanoseconds
    }

    func takeSlot() -> Int {
        if let slot = freeSlots.popLast() { return slot }
        slots.append(nil)
        return slots.count - 1
    }

    /// From now on the connection is found by its slot.
    func fillSlot(_ connection: ClientConnection) { slots[connection.slot] = connection }

    /// A number for the next exchange.
    func nextExchange() -> Int {
        lastExchange += 1
        return lastExchange
    }

    func freeSlot(of connection: ClientConnection) {
        slots[connection.slot] = nil
        freeSlots.append(connection.slot)
    }

    /// The connection of an exchange that is in progress.
    func connection(_ key: ClientConnection.Key) -> ClientConnection? {
        guard let connection = slots[key.slot], connection.exchange == key.exchange, connection.isBusy else {
            return nil
        }
        return connection
    }

    /// Wakes the connection's call if it isn't answered soon, once. One timer serves all calls of the loop.
    func watch(_ connection: ClientConnection, _ local: LoopLocal) {
        connection.freshUntil = local.now + Self.freshTime
        if freshTimer == nil { setWatch(local) }
    }

    private func setWatch(_ local: LoopLocal) {
        freshTimer = local.schedule(at: local.now + Self.freshTime) { [weak self] in self?.endFreshness(local)
        }
    }

    private func endFreshness(_ local: LoopLocal) {
        freshTimer = nil
        var hasFresh = false
        for case let connection? in slots {
            guard let end = connection.freshUntil else { continue }
            if end <= local.now { connection.endFreshness() } else { hasFresh = true }
        }
        if hasFresh { setWatch(local) }
    }
}

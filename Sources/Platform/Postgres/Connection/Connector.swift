import Reactor

/// Makes one connection without blocking the loop.
@safe final class Connector: ReadinessHandler {
    private let wire: Wire
    private let local: LoopLocal
    private var isWoken = false
    private var isOverdue = false
    private var waiter: UnsafeContinuation<Void, Never>?

    private init(_ wire: Wire, _ local: LoopLocal) {
        self.wire = wire
        self.local = local
    }

    /// Connects, in whatever order of attempts libpq takes.
    ///
    /// - Throws: ``PostgresError`` with code `notConnected`.
    static func connect(
        _ keywords: [(keyword: String, value: String)],
        _ local: LoopLocal,
        deadline: MonotonicInstant
    ) async throws(PostgresError) -> Wire {
        let connector = Connector(Wire(keywords), local)
        let timer = local.schedule(at: deadline) { connector.expire() }
        defer { local.cancel(timer) }
        do throws(PostgresError) {
            try await connector.run()
        } catch {
            connector.wire.close()
            throw error
        }
        return connector.wire
    }

    private func run() async throws(PostgresError) {
        var wanted = Wire.Progress.wantsWriting
        guard !wire.isBad else { throw failure }
        while true {
            switch wanted {
            case .wantsReading: try await wait(for: .readable)
            case .wantsWriting: try await wait(for: .writable)
            case .connected: return
            case .failed: throw failure
            }
            wanted = wire.progress()
        }
    }

    /// libpq may close its socket and open another at each step, also under the same number: each wait watches anew.
    private func wait(for readiness: Readiness) async throws(PostgresError) {
        let socket = wire.socket
        isWoken = false
        do throws(SystemError) {
            try local.register(socket, for: readiness, handler: self)
        } catch {
            throw PostgresError(.notConnected, error.description)
        }
        unsafe await withUnsafeContinuation { continuation in
            guard !isWoken, !isOverdue else { return unsafe continuation.resume() }
            unsafe waiter = continuation
        }
        local.unregister(socket, keepsOpen: true)
        if isOverdue { throw PostgresError(.notConnected, "no connection within the time for it") }
    }

    private var failure: PostgresError { PostgresError(.notConnected, wire.message) }

    func ready(_ readiness: Readiness) {
        isWoken = true
        if let waiting = unsafe waiter.take() { unsafe waiting.resume() }
    }

    private func expire() {
        isOverdue = true
        ready([])
    }
}

import Reactor

extension PoolLoop {
    /// Takes a place for a listener; it connects with its first wait.
    func beginListening(_ channels: [String]) throws(PostgresError) -> Int {
        let number = nextNumber()
        listeners[number] = try ListenerConnection(channels, loop.local)
        return number
    }

    /// The next event of a listener; nil when its task is cancelled.
    func nextEvent(_ number: Int) async throws(PostgresError) -> PostgresListenEvent? {
        let event = await withTaskCancellationHandler {
            await self.waitForEvent(number)
        } onCancel: {
            endListening(number)
        }
        return try event.get()
    }

    private func waitForEvent(_ number: Int) async -> Result<PostgresListenEvent?, PostgresError> {
        while let listener = listeners[number], !listener.isOver, !Task.isCancelled {
            if listener.isConnected {
                guard let notification = await listener.next() else { continue }
                return .success(.notification(notification))
            }
            do throws(PostgresError) {
                try await listener.begin(connect())
                if listener.isConnected, !listener.isOver { return .success(.listening) }
            } catch {
                // A server that answers "no" to LISTEN itself will say so again.
                if case .server = error.code { return .failure(error) }
                // Ends early when the task is cancelled, which the loop sees.
                try? await loop.sleep(for: .nanoseconds(listener.nextPause()))
            }
        }
        return .success(nil)
    }

    /// Ends a listener and its connection.
    nonisolated func endListening(_ number: Int) {
        guard number != 0 else { return }
        loop.execute { self.assumeIsolated { $0.listeners.removeValue(forKey: number)?.close() } }
    }
}

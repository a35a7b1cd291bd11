import Reactor

extension PostgresPool {
    /// Listens on channels, on a connection beside the pool's; it begins with the first call of `next()`.
    ///
    ///     for try await event in pool.listen("listing_changed") {
    ///         switch event {
    ///         case .listening: await reloadAll()
    ///         case .notification(let notification): await reload(notification.payload)
    ///         }
    ///     }
    ///
    /// The sequence ends when its task is cancelled. When nobody asks for the next event none is read, and the server
    /// keeps what is sent, within its own limits.
    public func listen(_ channels: String...) -> PostgresListener {
        PostgresListener(part: part, channels: channels)
    }
}

/// What a listener tells.
public enum PostgresListenEvent: Sendable, Hashable {
    /// It listens from now on: at the beginning, and after each time that the connection was lost. What was sent before
    /// may have been missed, so look at the tables themselves.
    case listening
    /// Somebody has sent a notification.
    case notification(PostgresNotification)
}

/// The notifications of some channels (PostgreSQL manual, LISTEN), across lost connections.
public struct PostgresListener: AsyncSequence, Sendable {
    /// One event after another.
    public typealias Element = PostgresListenEvent

    let part: PoolLoop
    let channels: [String]

    /// Starts a connection of its own.
    public func makeAsyncIterator() -> Iterator { Iterator(part: part, channels: channels) }

    /// Goes over the events; its connection ends with it.
    public final class Iterator: AsyncIteratorProtocol {
        private let part: PoolLoop
        private let channels: [String]
        private var number = 0

        init(part: PoolLoop, channels: [String]) {
            self.part = part
            self.channels = channels
        }

        deinit { part.endListening(number) }

        /// Waits for the next event, over as many attempts to connect as it takes; nil when the task is cancelled.
        public func next() async throws(PostgresError) -> PostgresListenEvent? {
            if number == 0 { number = try await part.beginListening(channels) }
            return try await part.nextEvent(number)
        }
    }
}

@available(*, unavailable)
extension PostgresListener.Iterator: Sendable {}

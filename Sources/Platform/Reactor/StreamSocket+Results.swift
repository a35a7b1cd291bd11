/// Who is told of what happens to a socket while nobody waits for it.
public protocol StreamSocketOwner: AnyObject {
    /// Bytes have arrived, or the peer has ended its side.
    func socketHasInput()
    /// The connection is gone in both directions: reset by the peer, or unusable.
    func socketHungUp()
    /// The kernel takes more again, and nobody waited to write; see ``StreamSocket/watchRoom()``.
    func socketHasRoom()
    /// ``StreamSocket/deadline`` has passed while nobody waited to read or write.
    func socketDeadlinePassed()
}

extension StreamSocketOwner {
    /// Nothing, for owners that always wait to write.
    public func socketHasRoom() {}
}

extension StreamSocket {
    /// How a wait ended.
    public enum WaitResult: Sendable, Equatable {
        /// Try again now.
        case ready
        /// The deadline passed first.
        case timedOut
        /// The socket was closed by its owner.
        case closed
    }

    /// What a read gave.
    public enum ReadResult: Sendable, Equatable {
        /// So many bytes, at least one.
        case bytes(Int)
        /// Nothing now.
        case wouldBlock
        /// The peer has ended its direction in good order.
        case end
        /// The connection is broken; the system's error number.
        case failed(Int32)
    }

    /// What a write gave.
    public enum WriteResult: Sendable, Equatable {
        /// So many bytes were taken, perhaps fewer than offered.
        case bytes(Int)
        /// No room now.
        case wouldBlock
        /// The connection is broken; the system's error number.
        case failed(Int32)
    }
}

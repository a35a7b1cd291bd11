import Synchronization

/// Hands pieces from one task to another, one at a time; heartbeats pass when nothing else does.
final class EventRelay: Sendable {
    /// A comment, which clients pass over (WHATWG HTML §9.2.6).
    static let heartbeat = Array(":\n\n".utf8)

    private struct State {
        var piece: [UInt8]?
        /// Who offered `piece`, told whether it was taken.
        var producer: CheckedContinuation<Bool, Never>?
        var consumer: CheckedContinuation<[UInt8]?, any Error>?
        var end: Result<[UInt8]?, any Error>?
    }

    private let state = Mutex(State())

    /// Hands a piece over and waits until it is taken; false when nobody will.
    func offer(_ piece: [UInt8]) async -> Bool {
        await withCheckedContinuation { producer in
            let (consumer, isOver) = state.withLock { state in
                let consumer = state.consumer.take()
                if consumer == nil, state.end == nil {
                    state.piece = piece
                    state.producer = producer
                    return (nil as CheckedContinuation<[UInt8]?, any Error>?, false)
                }
                return (consumer, true)
            }
            consumer?.resume(returning: piece)
            if isOver { producer.resume(returning: consumer != nil) }
        }
    }

    /// Sends a sign of life when the client waits.
    func beat() { state.withLock { $0.consumer.take() }?.resume(returning: Self.heartbeat) }

    /// Says that no piece follows, and why.
    func finish(_ error: (any Error)?) {
        end(error.map { .failure($0) } ?? .success(nil))
    }

    /// Ends both sides: nobody wants more.
    func close() { end(.failure(CancellationError())) }

    private func end(_ end: Result<[UInt8]?, any Error>) {
        let (producer, consumer) = state.withLock { state in
            state.end = state.end ?? end
            return (state.producer.take(), state.consumer.take())
        }
        producer?.resume(returning: false)
        consumer?.resume(with: end)
    }

    /// The next piece; nil at the end.
    ///
    /// - Throws: what the source threw; `CancellationError` when the task is cancelled.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { consumer in
                let (result, producer) = state.withLock { state in
                    if let piece = state.piece.take() {
                        return (.success(piece) as Result<[UInt8]?, any Error>?, state.producer.take())
                    }
                    if state.end == nil { state.consumer = consumer }
                    return (state.end, nil)
                }
                producer?.resume(returning: true)
                if let result { consumer.resume(with: result) }
            }
        } onCancel: {
            close()
        }
    }
}

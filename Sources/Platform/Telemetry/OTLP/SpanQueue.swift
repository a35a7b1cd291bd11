import Synchronization

/// Spans that wait to be sent, written already: bounded, all threads put into it and one takes from it.
///
/// A span is written by the thread that ends it, while all it is made of is in that processor's cache, and is freed where
/// it was made. Each loop has a part of its own, so that they don't wait for each other.
final class SpanQueue: Sendable {
    /// Spans of one part that are sent together.
    private struct Piece {
        var bytes: [UInt8] = []
        var count = 0
        /// Read when the piece was begun: the time of day may be set.
        let clock = WallClock.current

        init(capacity: Int) { bytes.reserveCapacity(capacity) }
    }
    private struct Pieces {
        var list: [Piece] = []
        /// How large the last one was that was taken: the next one is given as much, or it would be copied as it grows.
        var room = 0
    }
    private final class Part: Sendable {
        let pieces: Mutex<Pieces> = Mutex(Pieces())
    }
    private static let partCount = 16

    private let transport: any SpanTransport
    private let capacity: Int
    private let batch: Int
    private let parts: [Part]
    private let waiting = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    /// The part to take from first.
    private let turn = Atomic<Int>(0)

    init(capacity: Int, batch: Int, _ transport: any SpanTransport) {
        self.transport = transport
        self.capacity = capacity
        self.batch = batch
        parts = (0..<Self.partCount).map { _ in Part() }
    }

    /// Adds a span unless the queue is full, which is counted.
    ///
    /// - Returns: whether a batch has just become whole.
    func append(_ span: EndedSpan) -> Bool {
        let count = waiting.add(1, ordering: .relaxed).newValue
        guard count <= capacity else {
            waiting.subtract(1, ordering: .relaxed)
            dropped.add(1, ordering: .relaxed)
            return false
        }
        parts[ThreadMark.current.index & (Self.partCount - 1)].pieces.withLock { pieces in
            if pieces.list.last.map({ $0.count >= batch }) ?? true {
                pieces.list.append(Piece(capacity: pieces.room))
            }
            let last = pieces.list.count - 1
            transport.append(span, pieces.list[last].clock, to: &pieces.list[last].bytes)
            pieces.list[last].count += 1
        }
        return count == batch
    }

    /// Takes up to a batch; of what one thread put in, the oldest first.
    func take() -> SpanBatch {
        var taken = SpanBatch()
        let first = turn.add(1, ordering: .relaxed).newValue
        for offset in 0..<Self.partCount {
            parts[(first + offset) & (Self.partCount - 1)].pieces.withLock { pieces in
                guard let piece = pieces.list.first, taken.count + piece.count <= batch else { return }
                pieces.list.removeFirst()
                pieces.room = piece.bytes.count + piece.bytes.count / 8
                taken.pieces.append(piece.bytes)
                taken.count += piece.count
            }
        }
        waiting.subtract(taken.count, ordering: .relaxed)
        return taken
    }

    /// Whether a whole batch waits.
    var hasBatch: Bool { waiting.load(ordering: .relaxed) >= batch }

    /// How many wait, and how many were dropped.
    var figures: (waiting: Int, dropped: Int) {
        (waiting.load(ordering: .relaxed), dropped.load(ordering: .relaxed))
    }
}

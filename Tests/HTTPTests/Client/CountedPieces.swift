import Reactor
import TestSupport

/// Pieces for a request, one for each that is asked for.
struct CountedPieces: AsyncSequence, Sendable {
    struct Broken: Error {}

    let size: Int
    let count: Int
    /// Whether it throws behind the last.
    var breaks = false
    /// How long each is in the making.
    var pause: (EventLoop, Duration)?
    let asked = Events<Int>()

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: CountedPieces
        var index = 0

        mutating func next() async throws -> [UInt8]? {
            guard index < pieces.count else {
                if pieces.breaks { throw Broken() }
                return nil
            }
            if let (loop, duration) = pieces.pause { try await loop.sleep(for: duration) }
            index += 1
            pieces.asked.note(index)
            return [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: pieces.size)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
}

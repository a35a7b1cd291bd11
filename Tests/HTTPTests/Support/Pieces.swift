/// A stream of equal pieces, made as they are asked for; their bytes count up across all of them.
struct Pieces: AsyncSequence, Sendable {
    /// What a stream that fails throws.
    struct Broken: Error {}

    let count: Int
    let size: Int
    let fails: Bool
    let asked: (@Sendable (Int) async -> Void)?

    /// Makes a stream that throws behind its last piece if it `fails`, and calls `asked` before it gives one.
    init(count: Int, of size: Int, fails: Bool = false, asked: (@Sendable (Int) async -> Void)? = nil) {
        self.count = count
        self.size = size
        self.fails = fails
        self.asked = asked
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: Pieces
        var given = 0

        mutating func next() async throws -> [UInt8]? {
            guard given < pieces.count else {
                if pieces.fails { throw Broken() }
                return nil
            }
            await pieces.asked?(given)
            defer { given += 1 }
            return Pieces.bytes(given * pieces.size..<(given + 1) * pieces.size)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }

    /// The bytes at these places; the period is a prime, so that nothing that is lost or doubled goes unseen.
    static func bytes(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        while bytes.count < range.count {
            let start = (range.lowerBound + bytes.count) % period
            bytes += pattern[start...].prefix(range.count - bytes.count)
        }
        return bytes
    }

    private static let period = 251
    private static let pattern = (0..<(1 << 16)).map { UInt8($0 % period) }
}

import FoundationEssentials
import Vigie

/// A part of a photo's bytes, fetched piece by piece as it is read.
struct PhotoPieces: AsyncSequence, Sendable {
    /// How large a piece is in the database, but for the last one.
    static let byteCount = 1 << 16

    let database: PostgresPool
    let content: UUID
    let range: Range<Int>

    /// A piece is gone: the photo was deleted, or replaced an hour ago.
    struct Gone: Error {}

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: PhotoPieces
        var offset: Int

        mutating func next() async throws -> [UInt8]? {
            guard offset < pieces.range.upperBound else { return nil }
            let number = offset / PhotoPieces.byteCount
            let rows = try await pieces.database.query(
                "SELECT bytes FROM photo_piece WHERE content_id = \(pieces.content) AND number = \(number)"
            )
            guard let row = rows.first else { throw Gone() }
            let bytes = try [UInt8](reading: row.cell(0))
            let start = offset - number * PhotoPieces.byteCount
            let end = Swift.min(bytes.count, pieces.range.upperBound - number * PhotoPieces.byteCount)
            guard start < end else { throw Gone() }
            offset += end - start
            return end - start == bytes.count ? bytes : Array(bytes[start..<end])
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self, offset: range.lowerBound) }
}

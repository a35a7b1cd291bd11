import FoundationEssentials
import Vigie

/// The photos in the database. An upload is written piece by piece, each piece by itself, so that a slow client holds neither
/// memory nor a connection; it is shown when all of it is there.
struct PhotoStore: Sendable {
    let listings: ListingStore
    private var database: PostgresPool { listings.database }

    /// The largest photo.
    static let byteLimit = 10 << 20
    /// How long a content stays that no photo is made of: uploads that ended half way, photos that were replaced.
    private static let grace = "1 hour"

    init(_ listings: ListingStore) { self.listings = listings }

    /// Stores a photo.
    ///
    /// - Returns: the photo, and whether there was none under its number; nil where there is no such listing.
    /// - Throws: 403 for another host's listing, 415 for what is no image; what the content throws.
    func put(
        _ body: HTTPBody,
        of listing: UUID,
        at number: PhotoNumber,
        by host: UUID
    ) async throws -> (photo: Photo, isNew: Bool)? {
        // Before a byte is read; and once more when it is shown.
        guard try await isOwn(listing, host) else { return nil }
        var upload = Upload(body)
        let type = try await upload.type()
        let content = UUID.version7()
        try await database.execute(
            "INSERT INTO photo_content (id, media_type) VALUES (\(content), \(type.rawValue))"
        )
        do {
            var count = 0
            var piece = 0
            while let bytes = try await upload.next() {
                try await database.execute(
                    "INSERT INTO photo_piece (content_id, number, bytes) VALUES (\(content), \(piece), \(bytes))"
                )
                (count, piece) = (count + bytes.count, piece + 1)
            }
            let photo = Photo(
                number: number.value,
                mediaType: type.rawValue,
                byteCount: count,
                contentId: content
            )
            guard let isNew = try await show(photo, of: listing, by: host) else { return nil }
            return (photo, isNew)
        } catch {
            await drop(content)
            throw error
        }
    }

    /// A photo; nil where there is none.
    func find(_ listing: UUID, _ number: PhotoNumber) async throws -> Photo? {
        try await database.first(
            Photo.self,
            """
            SELECT p.number, c.media_type, c.byte_count, c.id AS content_id
            FROM photo p JOIN photo_content c ON c.id = p.content_id
            WHERE p.listing_id = \(listing) AND p.number = \(number.value)
            """
        )
    }

    /// The bytes of a photo.
    func pieces(of photo: Photo, _ range: Range<Int>) -> PhotoPieces {
        PhotoPieces(database: database, content: photo.contentId, range: range)
    }

    /// Takes a photo away; false where there is none.
    func delete(_ listing: UUID, _ number: PhotoNumber, by host: UUID) async throws -> Bool {
        try await database.transaction { tx in
            guard try await listings.own(listing, of: host, in: tx) != nil else { return false }
            guard try await self.take(listing, number.value, tx) else { return false }
            try await listings.tell("updated", listing, in: tx)
            return true
        }
    }

    /// Deletes contents that no photo is made of any more.
    func forget() async throws {
        try await database.execute(
            """
            DELETE FROM photo_content WHERE id = ANY (ARRAY(
                SELECT id FROM photo_content c
                WHERE COALESCE(dropped_at, begun_at) < now() - \(Self.grace)::interval
                    AND NOT EXISTS (SELECT FROM photo p WHERE p.content_id = c.id)
                LIMIT 20))
            """
        )
    }

    private func isOwn(_ listing: UUID, _ host: UUID) async throws -> Bool {
        let owner = try await database.first(UUID.self, "SELECT host_id FROM listing WHERE id = \(listing)")
        guard owner == host || owner == nil else { throw ListingStore.notOwn }
        return owner != nil
    }

    /// Makes the content that is whole the listing's photo. Whether there was none before; nil without a listing.
    private func show(_ photo: Photo, of listing: UUID, by host: UUID) async throws -> Bool? {
        try await database.transaction { tx in
            guard try await listings.own(listing, of: host, in: tx) != nil else { return nil }
            try await tx.execute(
                "UPDATE photo_content SET byte_count = \(photo.byteCount) WHERE id = \(photo.contentId)"
            )
            let isNew = try await !self.take(listing, photo.number, tx)
            try await tx.execute(
                """
                INSERT INTO photo (listing_id, number, content_id)
                VALUES (\(listing), \(photo.number), \(photo.contentId))
                """
            )
            try await listings.tell("updated", listing, in: tx)
            return isNew
        }
    }

    /// Takes away what is under a number; whether there was something.
    private func take(_ listing: UUID, _ number: Int, _ tx: PostgresTransaction) async throws -> Bool {
        let content = try await tx.first(
            UUID.self,
            "DELETE FROM photo WHERE listing_id = \(listing) AND number = \(number) RETURNING content_id"
        )
        guard let content else { return false }
        try await tx.execute("UPDATE photo_content SET dropped_at = now() WHERE id = \(content)")
        return true
    }

    /// Deletes what was stored of an upload that failed; what can't be deleted now is forgotten later.
    private func drop(_ content: UUID) async {
        do { try await database.execute("DELETE FROM photo_content WHERE id = \(content)") } catch {
            Context.current.logger.debug("a failed upload is deleted later", ["error": "\(error)"])
        }
    }
}

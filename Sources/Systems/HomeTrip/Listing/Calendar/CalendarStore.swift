import FoundationEssentials
import Vigie

/// The calendars in the database.
struct CalendarStore: Sendable {
    let listings: ListingStore
    private var database: PostgresPool { listings.database }

    init(_ listings: ListingStore) { self.listings = listings }

    func find(_ id: UUID) async throws -> ListingCalendar? {
        try await database.first(
            ListingCalendar.self,
            "SELECT minimum_stay, blocked, seasons, version FROM calendar WHERE listing_id = \(id)"
        )
    }

    /// Replaces a calendar that is still at `version`.
    ///
    /// - Returns: nil where there is no such listing.
    /// - Throws: 403 for another host's, 409 for one that has changed meanwhile.
    func replace(
        _ id: UUID,
        _ draft: CalendarDraft,
        by host: UUID,
        at version: Int
    ) async throws -> ListingCalendar? {
        try await database.transaction { tx in
            guard try await listings.own(id, of: host, in: tx) != nil else { return nil }
            let current = try await tx.one(Int.self, "SELECT version FROM calendar WHERE listing_id = \(id)")
            guard current == version else { throw ExpectedVersion.stale(current) }
            let calendar = try await tx.one(
                ListingCalendar.self,
                """
                UPDATE calendar SET minimum_stay = \(draft.minimumStay),
                    blocked = \(json: draft.blocked.sorted { $0.from < $1.from }),
                    seasons = \(json: draft.seasons.sorted { $0.from < $1.from }), version = version + 1
                WHERE listing_id = \(id) RETURNING minimum_stay, blocked, seasons, version
                """
            )
            try await listings.tell("updated", id, in: tx)
            return calendar
        }
    }
}

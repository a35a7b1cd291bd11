import FoundationEssentials
import Vigie

/// The listings in the database. Each change tells of itself by an event in its own transaction.
struct ListingStore: Sendable {
    let database: PostgresPool
    let system: String

    private static let columns: SQL =
        """
        l.*, ARRAY(SELECT p.number FROM photo p WHERE p.listing_id = l.id ORDER BY p.number) AS photos
        """

    func find(_ id: UUID) async throws -> ListingView? {
        let stored = try await database.first(
            StoredListing.self,
            "SELECT \(Self.columns) FROM listing l WHERE id = \(id)"
        )
        return stored.map(ListingView.init)
    }

    /// A page, the newest first. What is made meanwhile moves nothing from one page to another.
    func page(_ query: ListQuery) async throws -> ListingPage {
        var sql: SQL = "SELECT \(Self.columns) FROM listing l WHERE true"
        if let host = query.host { sql.append(" AND host_id = \(host)") }
        if let cursor = query.cursor { sql.append(" AND id < \(cursor)") }
        // One more tells whether there are more.
        sql.append(" ORDER BY id DESC LIMIT \(SQL.number(query.count + 1))")
        let rows = try await database.all(StoredListing.self, sql)
        let items = rows.prefix(query.count).map(ListingView.init)
        let cursor = rows.count > query.count ? items.last?.id.uuidString.lowercased() : nil
        return ListingPage(items: items, nextCursor: cursor)
    }

    func create(_ draft: ListingDraft, by host: UUID) async throws -> ListingView {
        try await database.transaction { tx in
            let (id, now, price) = (UUID.version7(), Date(), draft.pricePerNight)
            try await tx.execute(
                """
                INSERT INTO listing (id, host_id, title, description, property_type, city, country, latitude,
                    longitude, max_guests, bedrooms, beds, bathrooms, amenities, price_amount, price_currency,
                    cancellation_policy, created_at, updated_at)
                VALUES (\(id), \(host), \(draft.title), \(draft.description), \(draft.propertyType.rawValue),
                    \(draft.city), \(draft.country), \(draft.latitude), \(draft.longitude), \(draft.maxGuests),
                    \(draft.bedrooms), \(draft.beds), \(draft.bathrooms), \(draft.amenities.map(\.rawValue)),
                    \(price.amount), \(price.currency), \(draft.policy.rawValue), \(now), \(now))
                """
            )
            try await tx.execute(
                """
                INSERT INTO calendar (listing_id, minimum_stay, blocked, seasons, version)
                VALUES (\(id), 1, '[]', '[]', 1)
                """
            )
            return try await tell("created", id, in: tx)
        }
    }

    /// Changes a listing that is still at `version`.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: 403 for another host's, 409 for one that has changed meanwhile.
    func change(
        _ id: UUID,
        _ draft: ListingDraft,
        by host: UUID,
        at version: Int
    ) async throws -> ListingView? {
        try await database.transaction { tx in
            guard let current = try await own(id, of: host, in: tx) else { return nil }
            guard current == version else { throw ExpectedVersion.stale(current) }
            let price = draft.pricePerNight
            try await tx.execute(
                """
                UPDATE listing SET title = \(draft.title), description = \(draft.description),
                    property_type = \(draft.propertyType.rawValue), city = \(draft.city),
                    country = \(draft.country), latitude = \(draft.latitude), longitude = \(draft.longitude),
                    max_guests = \(draft.maxGuests), bedrooms = \(draft.bedrooms), beds = \(draft.beds),
                    bathrooms = \(draft.bathrooms), amenities = \(draft.amenities.map(\.rawValue)),
                    price_amount = \(price.amount), price_currency = \(price.currency),
                    cancellation_policy = \(draft.policy.rawValue), version = version + 1, updated_at = \(Date())
                WHERE id = \(id)
                """
            )
            return try await tell("updated", id, in: tx)
        }
    }

    /// Deletes a listing with all that belongs to it.
    ///
    /// - Returns: false where there is none.
    /// - Throws: 403 for another host's.
    func delete(_ id: UUID, by host: UUID) async throws -> Bool {
        try await database.transaction { tx in
            guard try await own(id, of: host, in: tx) != nil else { return false }
            try await tx.execute("DELETE FROM listing WHERE id = \(id)")
            try await publish("deleted", id, ListingDeleted(id: id, hostId: host), in: tx)
            return true
        }
    }

    private struct Owned: Decodable {
        let hostId: UUID
        let version: Int
    }

    /// Only its host changes a listing; that it is there everybody may know.
    static let notOwn = Problem.forbidden("only its host changes a listing")

    /// Locks a host's own listing and gives its version; nil where there is none.
    ///
    /// - Throws: 403 for another host's.
    func own(_ id: UUID, of host: UUID, in tx: PostgresTransaction) async throws -> Int? {
        let owned = try await tx.first(
            Owned.self,
            "SELECT host_id, version FROM listing WHERE id = \(id) FOR UPDATE"
        )
        guard let owned else { return nil }
        guard owned.hostId == host else { throw Self.notOwn }
        return owned.version
    }

    /// Tells what has become of a listing, and gives it back.
    @discardableResult func tell(
        _ verb: String,
        _ id: UUID,
        in tx: PostgresTransaction
    ) async throws -> ListingView {
        let view = ListingView(
            try await tx.one(StoredListing.self, "SELECT \(Self.columns) FROM listing l WHERE id = \(id)")
        )
        try await publish(verb, id, view, in: tx)
        return view
    }

    private func publish(
        _ verb: String,
        _ id: UUID,
        _ data: some Encodable & Sendable,
        in tx: PostgresTransaction
    ) async throws(PostgresError) {
        let type = "\(system).listing.\(verb)"
        try await tx.publish(
            CloudEvent(type, from: "/\(system)/listing", of: id.uuidString.lowercased(), data)
        )
    }
}

extension ListingDraft {
    fileprivate var policy: CancellationPolicy { cancellationPolicy ?? .moderate }
}

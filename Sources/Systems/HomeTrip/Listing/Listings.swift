import FoundationEssentials
public import Vigie

/// Places to stay at: what they are, when they are free and for how much, and how they look.
///
/// Everybody reads. Hosts write, each their own: another host's listing is 403, one that is not there 404.
public struct Listings: Service {
    /// `listing`.
    public static let name: ServiceName = "listing"
    /// The version.
    public static let version = "1.0.0"
    /// The system's name.
    public static let options: [any ConfigurationPart.Type] = [ListingOptions.self]

    private let listings: ListingStore
    private let calendars: CalendarStore
    private let photos: PhotoStore

    static let migrations = [
        PostgresMigration(file: "0001_listing.sql", PackageResources._001_listing_sql),
        PostgresMigration(file: "0002_photo.sql", PackageResources._002_photo_sql),
    ]

    /// Connects to the database.
    public init(_ setup: ServiceSetup) async throws {
        listings = ListingStore(
            database: try await setup.postgres(migrations: Self.migrations),
            system: setup.configuration[ListingOptions.self].system
        )
        (calendars, photos) = (CalendarStore(listings), PhotoStore(listings))
        setup.runs("photos that nobody shows") { [group = setup.group, photos] in
            while true {
                try await photos.forget()
                try await group.next().sleep(for: .seconds(60))
            }
        }
    }

    /// `/listings`.
    public var routes: some Routes {
        Group("/listings", auth: .role("host"), .tags("listing")) {
            Get("", auth: .open, .summary("Listings, the newest first")) { (_, query: ListQuery) in
                try await listings.page(query)
            }
            Get("/{id}", auth: .open, .summary("A listing")) { (_, id: UUID) in
                try await listings.find(id).map { WithFields($0, ExpectedVersion.tag($0.version)) }
            }
            Post("", .summary("Offers a place"), .idempotent) { (_, draft: ListingDraft, host: Host) in
                let listing = try await listings.create(draft, by: host.id)
                let tag = ExpectedVersion.tag(listing.version)
                return Created(
                    listing,
                    location: "/listings/\(listing.id.uuidString.lowercased())",
                    fields: tag
                )
            }
            Put("/{id}", .summary("Changes a listing of yours")) {
                (_, id: UUID, draft: ListingDraft, expected: ExpectedVersion, host: Host) in
                let version = try expected.orElse(draft.version)
                return try await listings.change(id, draft, by: host.id, at: version)
                    .map { WithFields($0, ExpectedVersion.tag($0.version)) }
            }
            Delete("/{id}", .summary("Removes a listing of yours")) { (_, id: UUID, host: Host) in
                try await listings.delete(id, by: host.id) ? NoContent() : nil
            }
            calendarRoutes
            photoRoutes
        }
    }

    @RoutesBuilder private var calendarRoutes: some Routes {
        Get("/{id}/calendar", auth: .open, .summary("When it can be booked, and for how much")) {
            (_, id: UUID) in
            try await calendars.find(id).map { WithFields($0, ExpectedVersion.tag($0.version)) }
        }
        Put("/{id}/calendar", .summary("Replaces the calendar of a listing of yours")) {
            (_, id: UUID, draft: CalendarDraft, expected: ExpectedVersion, host: Host) in
            let version = try expected.orElse(draft.version)
            return try await calendars.replace(id, draft, by: host.id, at: version)
                .map { WithFields($0, ExpectedVersion.tag($0.version)) }
        }
    }

    @RoutesBuilder private var photoRoutes: some Routes {
        Get("/{id}/photos/{n}", auth: .open, .summary("A photo: JPEG, PNG or WebP")) {
            (_, id: UUID, number: PhotoNumber) in
            try await photos.find(id, number).map { photo in
                RangedContent(
                    contentType: photo.mediaType,
                    length: photo.byteCount,
                    version: photo.contentId.uuidString.lowercased(),
                    fields: [.cacheControl: "public, max-age=60", "x-content-type-options": "nosniff"]
                ) { photos.pieces(of: photo, $0) }
            }
        }
        Put(
            "/{id}/photos/{n}",
            .summary("Stores a photo, at most 10 MiB"),
            .bodyLimit(PhotoStore.byteLimit),
            .timeout(.seconds(600))
        ) { (request, id: UUID, number: PhotoNumber, host: Host) -> HTTPResponse? in
            guard let stored = try await photos.put(request.body, of: id, at: number, by: host.id) else {
                return nil
            }
            let tag: HTTPFields = [.eTag: "\"\(stored.photo.contentId.uuidString.lowercased())\""]
            guard stored.isNew else { return try WithFields(stored.photo, tag).response(to: request) }
            let place = "/listings/\(id.uuidString.lowercased())/photos/\(number.value)"
            return try Created(stored.photo, location: place, fields: tag).response(to: request)
        }
        Delete("/{id}/photos/{n}", .summary("Removes a photo of a listing of yours")) {
            (_, id: UUID, number: PhotoNumber, host: Host) in
            try await photos.delete(id, number, by: host.id) ? NoContent() : nil
        }
    }
}

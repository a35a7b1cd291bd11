import FoundationEssentials
import Vigie

/// A listing as the database has it.
struct StoredListing: Decodable, Sendable {
    let id: UUID
    let hostId: UUID
    let title: String
    let description: String
    let propertyType: PropertyType
    let city: String
    let country: String
    let latitude: Double
    let longitude: Double
    let maxGuests: Int
    let bedrooms: Int
    let beds: Int
    let bathrooms: Int
    let amenities: [String]
    let priceAmount: Int
    let priceCurrency: String
    let cancellationPolicy: CancellationPolicy
    let version: Int
    let createdAt: Date
    let updatedAt: Date
    /// The numbers of its photos.
    let photos: [Int]
}

/// A listing as clients read it, and as events tell it.
struct ListingView: Codable, Sendable {
    let id: UUID
    let hostId: UUID
    let title: String
    let description: String
    let propertyType: PropertyType
    let city: String
    let country: String
    let latitude: Double
    let longitude: Double
    let maxGuests: Int
    let bedrooms: Int
    let beds: Int
    let bathrooms: Int
    let amenities: [String]
    let pricePerNight: Money
    let cancellationPolicy: CancellationPolicy
    /// The numbers of its photos: `GET /listings/{id}/photos/{n}`.
    let photos: [Int]
    let version: Int
    let createdAt: Date
    let updatedAt: Date

    init(_ stored: StoredListing) {
        (id, hostId, title, description) = (stored.id, stored.hostId, stored.title, stored.description)
        (propertyType, city, country) = (stored.propertyType, stored.city, stored.country)
        (latitude, longitude, maxGuests) = (stored.latitude, stored.longitude, stored.maxGuests)
        (bedrooms, beds, bathrooms) = (stored.bedrooms, stored.beds, stored.bathrooms)
        amenities = stored.amenities
        pricePerNight = Money(amount: stored.priceAmount, currency: stored.priceCurrency)
        (cancellationPolicy, photos) = (stored.cancellationPolicy, stored.photos)
        (version, createdAt, updatedAt) = (stored.version, stored.createdAt, stored.updatedAt)
    }
}

/// A page of a list.
struct ListingPage: Codable, Sendable {
    let items: [ListingView]
    /// For `?cursor=`; null behind the last page.
    let nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case items, nextCursor
    }

    /// Writes the cursor also where there is none.
    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(items, forKey: .items)
        try members.encode(nextCursor, forKey: .nextCursor)
    }
}

/// What `listing.deleted` tells.
struct ListingDeleted: Encodable, Sendable {
    let id: UUID
    let hostId: UUID
}

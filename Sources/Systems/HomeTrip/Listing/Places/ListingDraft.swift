import Vigie

/// What a host writes of a place.
struct ListingDraft: RequestBody {
    let title: String
    let description: String
    let propertyType: PropertyType
    let city: String
    /// ISO 3166-1 alpha-2.
    let country: String
    let latitude: Double
    let longitude: Double
    let maxGuests: Int
    let bedrooms: Int
    let beds: Int
    let bathrooms: Int
    let amenities: [Amenity]
    let pricePerNight: Money
    let cancellationPolicy: CancellationPolicy?
    /// Of the listing that is changed, as it was read; in `If-Match` it says the same.
    let version: Int?
}

extension ListingDraft: Validatable {
    func validate(_ check: inout Validation) {
        check.text("title", title, 1...120)
        check.text("description", description, 0...5_000, mayBreak: true)
        check.text("city", city, 1...100)
        let isCountry = country.utf8.count == 2 && country.utf8.allSatisfy { (65...90).contains($0) }
        check.require("country", isCountry, "must be two capital letters (ISO 3166-1) such as FR")
        check.require("latitude", (-90...90).contains(latitude), "must be -90 to 90 degrees")
        check.require("longitude", (-180...180).contains(longitude), "must be -180 to 180 degrees")
        check.require("maxGuests", (1...50).contains(maxGuests), "must be 1 to 50")
        check.require("bedrooms", (0...50).contains(bedrooms), "must be 0 to 50")
        check.require("beds", (1...100).contains(beds), "must be 1 to 100")
        check.require("bathrooms", (0...50).contains(bathrooms), "must be 0 to 50")
        check.require("amenities", Set(amenities).count == amenities.count, "must name each one once")
        check.nested("pricePerNight", pricePerNight)
        check.require("version", (version ?? 1) >= 1, "must be 1 or more")
    }
}

/// A place that is made up: by its number alone, the same each time.
struct SeedListing: Encodable, Sendable {
    struct Price: Encodable, Sendable {
        let amount: Int
        let currency: String
    }

    let title: String
    let description: String
    let propertyType: String
    let city: String
    let country: String
    let latitude: Double
    let longitude: Double
    let maxGuests: Int
    let bedrooms: Int
    let beds: Int
    let bathrooms: Int
    let amenities: [String]
    let pricePerNight: Price
    let cancellationPolicy: String

    private static let kinds = [
        "apartment", "apartment", "apartment", "studio", "studio", "loft", "room", "house", "villa",
    ]
    private static let looks = [
        "Sunny", "Quiet", "Bright", "Cosy", "Spacious", "Restored", "Elegant", "Airy", "Charming", "Modern",
    ]
    private static let extras = [
        "a balcony", "a view over the roofs", "a fireplace", "a large kitchen", "a garden", "high ceilings",
        "a reading corner", "a terrace", "wooden floors", "a piano",
    ]
    private static let nearby = [
        "the market", "a park", "the river", "the metro", "good bakeries", "the old town", "two museums",
    ]
    private static let amenityWords = [
        "washer", "dryer", "parking", "balcony", "garden", "elevator", "desk", "crib", "air-conditioning",
        "self-check-in", "pets-allowed", "step-free",
    ]

    init(number: Int, of seed: Int) {
        var random = SeedRandom(seed, number)
        let place = SeedCity.all[number % SeedCity.all.count]
        let (quarter, kind) = (random.pick(place.quarters), random.pick(Self.kinds))
        let (look, extra) = (random.pick(Self.looks), random.pick(Self.extras))
        let near = random.pick(Self.nearby)
        bedrooms =
            switch kind {
            case "studio": 0
            case "room": 1
            case "house", "villa": Int.random(in: 2...5, using: &random)
            default: Int.random(in: 1...3, using: &random)
            }
        beds = max(1, bedrooms + Int.random(in: 0...1, using: &random))
        maxGuests = beds * 2
        bathrooms = max(1, bedrooms / 2)
        // The number makes it one of its own.
        title = "\(look) \(kind) in \(quarter), no. \(number + 1)"
        description =
            "\(look) \(kind) with \(extra) in \(quarter), \(place.name), a few steps from \(near). "
            + "For up to \(maxGuests) guests; keys are handed over in person or by code."
        propertyType = kind
        (city, country) = (place.name, place.country)
        latitude = Self.near(place.latitude, &random)
        longitude = Self.near(place.longitude, &random)
        let others = Self.amenityWords.filter { _ in Int.random(in: 0...2, using: &random) == 0 }
        amenities = ["wifi", "kitchen", "heating"] + others
        let share = Int.random(in: 70...160, using: &random) + 35 * bedrooms - (kind == "room" ? 60 : 0)
        // Whole tens of the currency's unit, as people write prices.
        pricePerNight = Price(amount: max(1, place.price * share / 100_000) * 1_000, currency: place.currency)
        cancellationPolicy = random.pick(["flexible", "moderate", "moderate", "strict"])
    }

    /// Within some kilometres, to the ten metres that are shown of a place.
    private static func near(_ degrees: Double, _ random: inout SeedRandom) -> Double {
        ((degrees + Double.random(in: -0.04...0.04, using: &random)) * 10_000).rounded() / 10_000
    }
}

/// A host who is made up.
struct SeedHost: Sendable {
    let number: Int
    let firstName: String
    let lastName: String
    var email: String { "host-\(number + 1)@seed.hometrip.example" }

    private static let firstNames = [
        "Anna", "Bruno", "Chiara", "David", "Elif", "Fatou", "Gabriel", "Hana", "Inès", "Jonas", "Karim",
        "Léa",
        "Mateo", "Nora", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tove",
    ]
    private static let lastNames = [
        "Andersson", "Bernard", "Costa", "Dubois", "Eriksen", "Ferrari", "García", "Huber", "Ivanova",
        "Jansen",
        "Keller", "Lefèvre", "Moreau", "Novák", "Okafor", "Petit", "Rossi", "Schmidt", "Thomas", "Wagner",
    ]

    init(number: Int, of seed: Int) {
        var random = SeedRandom(seed, -1 - number)
        self.number = number
        (firstName, lastName) = (random.pick(Self.firstNames), random.pick(Self.lastNames))
    }
}

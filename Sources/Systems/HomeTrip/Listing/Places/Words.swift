/// What kind of place it is.
enum PropertyType: String, Codable, Sendable, CaseIterable {
    case apartment, house, room, studio, villa, cabin, loft, boat
}

/// What a place has.
enum Amenity: String, Codable, Sendable, CaseIterable {
    case wifi, kitchen, washer, dryer, heating, parking, pool, balcony, garden, elevator, desk, crib
    case airConditioning = "air-conditioning"
    case selfCheckIn = "self-check-in"
    case petsAllowed = "pets-allowed"
    case stepFree = "step-free"
}

/// What a guest gets back who cancels.
enum CancellationPolicy: String, Codable, Sendable, CaseIterable {
    case flexible, moderate, strict
}

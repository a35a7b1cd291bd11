import Vigie

/// What an account may do.
enum Role: String, Codable, Sendable, CaseIterable {
    /// Books stays. Everybody is a guest.
    case guest
    /// Offers places.
    case host
    /// Runs the system.
    case admin

    /// The roles of an account that is registered as this; nil for one that nobody registers as.
    var registered: [Role]? {
        switch self {
        case .guest: [.guest]
        case .host: [.guest, .host]
        case .admin: nil
        }
    }
}

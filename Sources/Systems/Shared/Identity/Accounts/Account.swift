import FoundationEssentials
import Vigie

/// An account, as its owner sees it.
struct Account: Codable, Sendable {
    let id: UUID
    let email: String
    let firstName: String
    let lastName: String
    let about: String
    let language: String
    let roles: [String]
    let createdAt: Date
    let updatedAt: Date
}

/// An account, as others see it.
struct PublicAccount: Codable, Sendable {
    let id: UUID
    let firstName: String
    let about: String
    let isHost: Bool
    let createdAt: Date
}

/// What `user.created` tells.
struct AccountCreated: Encodable, Sendable {
    let id: UUID
    let firstName: String
    let language: String
    let roles: [String]
}

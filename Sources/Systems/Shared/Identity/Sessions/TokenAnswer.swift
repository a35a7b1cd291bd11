import FoundationEssentials
import Vigie

/// What a login gives.
struct TokenAnswer: Codable, Sendable {
    let userId: UUID
    /// For `Authorization: Bearer …`.
    let accessToken: String
    let tokenType: String
    /// How long the access token is good, in seconds.
    let expiresIn: Int
    /// For `POST /auth/refresh`, once.
    let refreshToken: String
}

/// `POST /auth/refresh`, `POST /auth/logout`.
struct RefreshRequest: RequestBody, Validatable {
    let refreshToken: String

    func validate(_ check: inout Validation) {
        check.require("refreshToken", (1...256).contains(refreshToken.utf8.count), "must have 1 to 256 bytes")
    }
}

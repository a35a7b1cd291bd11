import Vigie

/// `POST /auth/register`.
struct NewAccount: RequestBody, Validatable {
    let email: String
    let password: String
    let firstName: String
    let lastName: String
    let role: Role?

    func validate(_ check: inout Validation) {
        check.require("email", EmailAddress(email) != nil, "must be an address such as anna@example.com")
        check.password(password)
        check.text("firstName", firstName, 1...100)
        check.text("lastName", lastName, 1...100)
        check.require("role", (role ?? .guest).registered != nil, "must be guest or host")
    }
}

/// `POST /auth/login`.
struct Credentials: RequestBody, Validatable {
    let email: String
    let password: String

    func validate(_ check: inout Validation) {
        // Anything else can't be anybody's; so much and no more is looked up and hashed.
        check.require("email", (1...254).contains(email.utf8.count), "must have 1 to 254 bytes")
        check.require("password", (1...1_024).contains(password.utf8.count), "must have 1 to 1 024 bytes")
    }
}

/// `PUT /users/me`.
struct ProfileChange: RequestBody, Validatable {
    let firstName: String
    let lastName: String
    let about: String?
    let language: String?

    func validate(_ check: inout Validation) {
        check.text("firstName", firstName, 1...100)
        check.text("lastName", lastName, 1...100)
        check.text("about", about ?? "", 0...1_000, mayBreak: true)
        check.require("language", Self.isLanguage(language ?? "en"), "must be a language such as fr or pt-BR")
    }

    /// A language and perhaps a region (RFC 5646 §2.1): `fr`, `pt-BR`.
    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let language = parts.first, (2...3).contains(language.count), parts.count <= 2 else {
            return false
        }
        let isLower = language.allSatisfy { (97...122).contains($0) }
        return isLower
            && parts.dropFirst().allSatisfy { $0.count == 2 && $0.allSatisfy { (65...90).contains($0) } }
    }
}

extension Validation {
    /// A password that somebody chooses.
    fileprivate mutating func password(_ text: String) {
        do throws(PasswordPolicy.Refusal) { try CommonPasswords.policy.check(text) } catch {
            require("password", false, error.description)
        }
    }
}

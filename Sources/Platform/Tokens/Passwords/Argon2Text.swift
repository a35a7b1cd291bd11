import FoundationEssentials

/// A hash as it is stored: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, the last two in base64 without padding (PHC string
/// format).
struct Argon2Text {
    let cost: PasswordCost
    let salt: [UInt8]
    let hash: [UInt8]

    /// What libargon2 takes at least, and no more than anybody stores.
    private static let limits = (salt: 8...64, hash: 16...64)

    init(cost: PasswordCost, salt: [UInt8], hash: [UInt8]) {
        (self.cost, self.salt, self.hash) = (cost, salt, hash)
    }

    /// Reads the form; nil for another one, also for one of an absurd cost.
    init?(parsing text: String) {
        guard let cost = PasswordCost(encoded: text) else { return nil }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard let salt = Self.decode(parts[4]), let hash = Self.decode(parts[5]),
            Self.limits.salt.contains(salt.count), Self.limits.hash.contains(hash.count)
        else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    var text: String {
        let numbers = "m=\(cost.memoryKiB),t=\(cost.passes),p=\(cost.lanes)"
        return "$argon2id$v=19$\(numbers)$\(Self.encode(salt))$\(Self.encode(hash))"
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().filter { $0 != "=" }
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        guard !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }
}

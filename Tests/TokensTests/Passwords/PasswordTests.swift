import Reactor
import Secrets
import Testing

@testable import Tokens

@Suite("passwords", .timeLimit(.minutes(1))) struct PasswordTests {
    static let pool = BlockingPool(threads: 1, queue: 100)

    private static var cheap: PasswordCost {
        var cost = PasswordCost()
        (cost.memoryKiB, cost.passes) = (64, 1)
        return cost
    }

    @Test("a hash has OWASP's cost, a salt of its own, and fits its password alone")
    func hashes() async throws {
        let hasher = try PasswordHasher(pool: Self.pool)
        let password = Secret("correct horse battery")
        let encoded = try await hasher.hash(password)
        #expect(encoded.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await hasher.hash(password) != encoded)
        #expect(try await hasher.verify(password, against: encoded) == .correct)
        #expect(try await hasher.verify(Secret("correct horse batterx"), against: encoded) == .wrong)
        #expect(try await hasher.verify(Secret(""), against: encoded) == .wrong)
        #expect(try await hasher.verify(password, against: nil) == .wrong)
    }

    /// The reference implementation's own test (phc-winner-argon2, test.c, version 19).
    @Test("a hash that others made is verified, and known to be outdated")
    func foreign() async throws {
        let hasher = try PasswordHasher(pool: Self.pool, cost: Self.cheap)
        let encoded =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(try await hasher.verify(Secret("password"), against: encoded) == .correct)
        #expect(try await hasher.verify(Secret("differentpassword"), against: encoded) == .wrong)
        let old = try await hasher.hash(Secret("password"))
        let today = try PasswordHasher(pool: Self.pool)
        #expect(try await today.verify(Secret("password"), against: old) == .correctAndOutdated)
        #expect(try await today.verify(Secret("passwore"), against: old) == .wrong)
    }

    static let damaged: [String] = [
        "", "x", "$argon2id$",
        "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=4000000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=-64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFh!", "$2b$12$abcdefghijklmnopqrstuv",
    ]

    @Test(
        "a stored hash that is damaged, of another kind or of an absurd cost is an error",
        arguments: damaged
    )
    func refuses(encoded: String) async throws {
        let hasher = try PasswordHasher(pool: Self.pool, cost: Self.cheap)
        await #expect(throws: PasswordError.malformedHash) {
            try await hasher.verify(Secret("password"), against: encoded)
        }
    }

    @Test("a cost that Argon2 does not know is an error")
    func cost() {
        var cost = PasswordCost()
        cost.memoryKiB = 1
        #expect(throws: PasswordError.self) { try PasswordHasher(pool: Self.pool, cost: cost) }
    }

    static let choices: [(String, PasswordPolicy.Refusal?)] = [
        ("", .tooShort(minimum: 10)), ("123456789", .tooShort(minimum: 10)), ("1234567890", .common),
        ("QWERTYUIOP", .common), ("0123456789", nil), (String(repeating: "é", count: 10), nil),
        (String(repeating: "x", count: 128), nil),
        (String(repeating: "x", count: 129), .tooLong(maximum: 128)),
        // One letter of many code points counts as many (NIST SP 800-63B §5.1.1.2).
        (String(repeating: "👨‍👩‍👧‍👦", count: 2), nil), ("         ", .tooShort(minimum: 10)),
    ]

    @Test("length and commonness decide what may be chosen", arguments: choices)
    func policy(password: String, refusal: PasswordPolicy.Refusal?) {
        let policy = PasswordPolicy { ["1234567890", "qwertyuiop"].contains($0) }
        do {
            try policy.check(password)
            #expect(refusal == nil)
        } catch {
            #expect(error == refusal)
        }
    }
}

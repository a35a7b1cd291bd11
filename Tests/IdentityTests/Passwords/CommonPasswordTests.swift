import Testing
import Vigie

@testable import Identity

@Suite("common passwords") struct CommonPasswordTests {
    @Test(
        "the commonest are refused in any case",
        arguments: ["1234567890", "qwertyuiop", "Q1W2E3R4T5", "Password123", "manchester", "1Q2W3E4R5T6Y"]
    )
    func refused(password: String) {
        #expect(throws: PasswordPolicy.Refusal.common) { try CommonPasswords.policy.check(password) }
    }

    @Test("others may be chosen, of 10 to 128 characters")
    func chosen() throws {
        try CommonPasswords.policy.check("1234567890a9")
        try CommonPasswords.policy.check("tien tekens")
        try CommonPasswords.policy.check(String(repeating: "é", count: 128))
        #expect(throws: PasswordPolicy.Refusal.tooShort(minimum: 10)) {
            try CommonPasswords.policy.check("ninechars")
        }
        #expect(throws: PasswordPolicy.Refusal.tooLong(maximum: 128)) {
            try CommonPasswords.policy.check(String(repeating: "é", count: 129))
        }
    }

    @Test("comments in the list are no passwords")
    func comments() {
        let read = CommonPasswords.read(Array("# A licence of ten\n#\nqwertyuiop\n#1-password\n".utf8))
        #expect(read == ["qwertyuiop", "#1-password"])
    }
}

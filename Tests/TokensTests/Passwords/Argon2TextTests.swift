import CArgon2
import Reactor
import Secrets
import Testing

@testable import Tokens

@Suite("stored password hashes") struct Argon2TextTests {
    @Test("libargon2 itself verifies what is stored")
    func peer() throws {
        var cost = PasswordCost()
        (cost.memoryKiB, cost.passes, cost.lanes) = (256, 3, 2)
        let salt = try Secret.random(byteCount: Argon2.saltByteCount)
        let encoded = try Argon2.hash(Secret("pass\u{0}word"), salt: salt, cost: cost)
        let (right, wrong) = (Array("pass\u{0}word".utf8), Array("pass".utf8))
        #expect(unsafe argon2id_verify(encoded, right, right.count) == ARGON2_OK.rawValue)
        #expect(unsafe argon2id_verify(encoded, wrong, wrong.count) == ARGON2_VERIFY_MISMATCH.rawValue)
    }

    @Test("salt and hash are base64 without padding, of a sane length")
    func form() throws {
        let head = "$argon2id$v=19$m=64,t=1,p=1$"
        let hash = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        let text = try #require(Argon2Text(parsing: "\(head)c29tZXNhbHQ$\(hash)"))
        #expect(text.salt == Array("somesalt".utf8) && text.hash.count == 32)
        #expect(text.text == "\(head)c29tZXNhbHQ$\(hash)")
        for bad in [
            "c29tZXNhbHQ=$\(hash)", "c29tZXNhbHQ$\(hash)=", "c29t$\(hash)", "c29tZXNhbHQ$c29tZXNhbHQ",
            "c29t_XNhbHQ$\(hash)", "c29tZXNhbHQ$\(hash)\(hash)\(hash)", "c29tZXNhbHQ $\(hash)",
            "c29tZXNhbHQ$\(hash)$",
        ] {
            #expect(Argon2Text(parsing: head + bad) == nil, "\(bad)")
        }
    }
}

import Testing

@testable import Tokens

@Suite("secrets") struct SecretTests {
    struct Holder { let secret: Secret }

    @Test("however it is shown, a secret is ***")
    func shows() throws {
        let secret = Secret("correct horse")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Holder(secret: secret), to: &dumped)
        dump([secret], to: &dumped)
        let shared = try SharedKey(Secret("correct horse battery staple, long"))
        let pair = SigningKey(shared)
        dump(pair, to: &dumped)
        let texts = [
            "\(secret)", secret.description, secret.debugDescription, String(reflecting: secret),
            String(describing: secret),
            "\(Holder(secret: secret))", "\([secret])", "\(Optional(secret) as Any)", dumped, "\(shared)",
            "\(pair)",
            String(reflecting: pair),
        ]
        for text in texts {
            #expect(text.contains("***"))
            for trace in ["correct", "horse", "99, 111", "0x63"] { #expect(!text.contains(trace), "\(text)") }
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("it lends its bytes, and equals by them alone")
    func equality() {
        let secret = Secret("abc")
        #expect(secret.withBytes { span in span.indices.map { span[$0] } } == Array("abc".utf8))
        #expect(secret.byteCount == 3)
        #expect(secret == Secret("abc"))
        #expect(secret != Secret("abd"))
        #expect(secret != Secret("ab"))
        #expect(Secret("") == Secret([]))
    }

    @Test("random secrets differ")
    func random() throws {
        let one = try Secret.random(byteCount: 32)
        #expect(one.byteCount == 32)
        #expect(try one != Secret.random(byteCount: 32))
        #expect(one != Secret([UInt8](repeating: 0, count: 32)))
    }
}

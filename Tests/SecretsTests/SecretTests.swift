import Secrets
import Testing

@Suite("secrets") struct SecretTests {
    struct Holder { let secret: Secret }

    @Test("however it is shown, a secret is ***")
    func shows() throws {
        let secret = Secret("correct horse")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Holder(secret: secret), to: &dumped)
        dump([secret], to: &dumped)
        let texts = [
            "\(secret)", secret.description, secret.debugDescription, String(reflecting: secret),
            String(describing: secret),
            "\(Holder(secret: secret))", "\([secret])", "\(Optional(secret) as Any)", dumped,
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

    @Test("it tells its text to who asks for it by name")
    func reveals() {
        #expect(Secret("naïve").reveal() == "naïve")
        #expect(Secret("").reveal() == "")
        #expect(Secret([0x61, 0xFF]).reveal() == "a\u{FFFD}")
    }

    static let pairs: [([UInt8], [UInt8], Bool)] = [
        ([], [], true), ([0], [], false), ([1, 2], [1, 2], true), ([1, 2], [1, 3], false),
        ([2, 1], [3, 1], false),
    ]

    @Test("bytes are compared as bytes", arguments: pairs)
    func constantTime(left: [UInt8], right: [UInt8], areEqual: Bool) {
        #expect(ConstantTime.areEqual(left.span, right.span) == areEqual)
    }
}

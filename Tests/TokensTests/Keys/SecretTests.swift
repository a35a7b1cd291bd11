import Secrets
import Testing

@testable import Tokens

@Suite("secrets in keys") struct SecretTests {
    @Test("however a key is shown, its secret is ***")
    func shows() throws {
        let shared = try SharedKey(Secret("correct horse battery staple, long"))
        let pair = SigningKey(shared)
        var dumped = ""
        dump(pair, to: &dumped)
        for text in [dumped, "\(shared)", "\(pair)", String(reflecting: pair)] {
            #expect(text.contains("***"))
            for trace in ["correct", "horse", "99, 111", "0x63"] { #expect(!text.contains(trace), "\(text)") }
        }
    }

    @Test("random secrets differ")
    func random() throws {
        let one = try Secret.random(byteCount: 32)
        #expect(one.byteCount == 32)
        #expect(try one != Secret.random(byteCount: 32))
        #expect(one != Secret([UInt8](repeating: 0, count: 32)))
    }
}

import TestSupport
import Testing

@testable import Tokens

@Suite("base64url") struct Base64URLTests {
    static let malformed: [String] = [
        "A", "AAAAA", "AA==", "AAA=", "AA\n", " AAA", "AA A", "AA+A", "AA/A", "AAé", "AB", "AAB", "A\u{0}AA",
    ]

    @Test("anything but the one form of some bytes is refused", arguments: malformed)
    func refuses(text: String) {
        #expect(Base64URL.bytes(text) == nil)
    }

    /// RFC 4648 §10 in the URL alphabet without padding, RFC 7515 appendix C.
    static let examples: [([UInt8], String)] = [
        ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
        (Array("foobar".utf8), "Zm9vYmFy"), ([3, 236, 255, 224, 193], "A-z_4ME"),
    ]

    @Test("the standard's examples", arguments: examples)
    func standard(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes.span) == text)
        #expect(Base64URL.bytes(text) == bytes)
    }

    @Test("what is decoded has exactly that form", arguments: 1...10 as ClosedRange<UInt64>)
    func oneForm(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let alphabet = Array("AQgwBZaz09-_+/= ".utf8)
        for _ in 0..<5_000 {
            let text = (0..<random.below(12)).map { _ in alphabet[random.below(alphabet.count)] }
            guard let bytes = Base64URL.decode(text.span) else { continue }
            #expect(Array(Base64URL.encode(bytes.span).utf8) == text, "seed \(seed)")
        }
    }
}

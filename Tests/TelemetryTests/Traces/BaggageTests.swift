import HTTP
import TestSupport
import Testing

@testable import Telemetry

@Suite("baggage") struct BaggageTests {
    static func baggage(_ text: String) -> Baggage { Baggage(text.utf8.span) }
    static func text(_ baggage: Baggage) -> String { String(decoding: baggage.bytes, as: UTF8.self) }

    static let cases: [(String, String)] = [
        ("", ""),
        ("key1=value1,key2=value2", "key1=value1,key2=value2"),
        ("key1 = value1 ; property1;property2, key2 = v", "key1 = value1 ; property1;property2,key2 = v"),
        ("a=1,,b=2,", "a=1,b=2"),
        ("a=", "a="),
        // What is invalid goes alone.
        ("a=1,b,c=3", "a=1,c=3"),
        ("a=1,=2,b c=3,d=\"4\",e=5", "a=1,e=5"),
        ("a=\u{1},b=é,c=3", "c=3"),
        ("a(b)=1,c=2", "c=2"),
    ]

    @Test("entries stay as they came; invalid ones go", arguments: cases)
    func keeps(text: String, expected: String) {
        #expect(Self.text(Self.baggage(text)) == expected)
    }

    @Test("values are percent-decoded, properties left aside (W3C Baggage §3.3)")
    func decodes() {
        let baggage = Self.baggage("serverNode=DF%2028;p=1,user=Am%C3%A9lie , bad=%zz%4")
        #expect(baggage["serverNode"] == "DF 28")
        #expect(baggage["user"] == "Amélie")
        #expect(baggage["bad"] == "%zz%4")
        #expect(baggage["none"] == nil)
    }

    @Test("what is set reads the same and takes the old one's place")
    func sets() {
        var baggage = Self.baggage("a=1,b=2")
        let isSet = baggage.set("a", "x, y;z=\"ü\"%")
        #expect(isSet)
        #expect(baggage["a"] == "x, y;z=\"ü\"%" && baggage["b"] == "2")
        #expect(baggage.all.count == 2)
        for name in ["no token", "", "a=b", "é"] {
            let isTaken = baggage.set(name, "1")
            #expect(!isTaken, "\(name)")
        }
        baggage.remove("b")
        #expect(baggage.all.map(\.name) == ["a"])
    }

    @Test("at most 64 entries and 8 192 bytes are kept, the first ones")
    func limits() {
        let many = (0..<180).map { "k\($0)=v" }
        #expect(
            Self.text(Self.baggage(many.joined(separator: ","))) == many.prefix(64).joined(separator: ",")
        )
        let large = (0..<20).map { "k\($0)=\(String(repeating: "x", count: 600))" }
        let kept = Self.baggage(large.joined(separator: ","))
        #expect(kept.bytes.count <= 8192 && kept.all.count == 13)
        var full = Self.baggage(many.prefix(64).joined(separator: ","))
        let results = [full.set("new", "1"), full.set("k0", "changed")]
        #expect(results == [false, true])
    }

    @Test("a header full of commas costs its length, not its square")
    func commas() {
        let began = ContinuousClock.now
        for _ in 0..<20 { #expect(Self.baggage(String(repeating: "a,", count: 50_000)).isEmpty) }
        // The square would be 10¹¹ steps.
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    @Test("random bytes never trap and stay within the limits", arguments: [UInt64(11), 12])
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<5000 {
            let baggage = Baggage(random.bytes(upTo: 300, of: "abz=,;% \t\"").span)
            #expect(Baggage(baggage.bytes.span) == baggage, "seed \(seed)")
            _ = baggage.all
        }
        var value = Baggage()
        for _ in 0..<500 {
            let text = String(decoding: random.bytes(upTo: 20, of: "ab%,;="), as: UTF8.self)
            value.set("k", text)
            #expect(value["k"] == text, "seed \(seed)")
        }
    }
}

import TestSupport
import Testing

@testable import Tokens

@Suite("strict JSON objects") struct ClaimReaderTests {
    static let malformed: [String] = [
        "", " ", "[]", "1", "null", "{", "}", "{}x", "{} {}", "\u{FEFF}{}", "{a:1}", "{'a':1}", #"{"a"}"#,
        #"{"a":}"#,
        #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1 "b":2}"#, #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#,
        #"{"a":{"b":1,"b":2}}"#, #"{"a":[1,]}"#, #"{"a":[1 2]}"#, #"{"a":01}"#, #"{"a":+1}"#, #"{"a":.5}"#,
        #"{"a":1.}"#, #"{"a":1e}"#, #"{"a":-}"#, #"{"a":1e400}"#, #"{"a":NaN}"#, #"{"a":Infinity}"#,
        #"{"a":0x1}"#, #"{"a":tru}"#, #"{"a":True}"#, #"{"a":"\ud800"}"#, #"{"a":"\udc00\ud800"}"#,
        #"{"a":"\ud800x"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\x41"}"#, #"{"a":"\u12"}"#, #"{"a":"\u+123"}"#,
        "{\"a\":\"\n\"}", "{\"a\":\"\u{0}\"}", #"{"a":"x}"#, "{\"a\":1}\u{0}", "{/**/}", "/{}", "{}/",
        "{\u{B}}", "{\u{A0}}",
        // One name to Swift, two to a reader of bytes.
        "{\"\u{E9}\":1,\"e\u{301}\":1}", #"{"\u00e9":1,"e\u0301":1}"#,
    ]

    @Test("anything ambiguous or broken is refused", arguments: malformed)
    func refuses(text: String) {
        #expect(throws: ClaimReader.Malformed.self) { try ClaimReader.object(Array(text.utf8)) }
    }

    @Test(
        "bytes that are no UTF-8 are refused",
        arguments: [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5]]
    )
    func encoding(bytes: [UInt8]) {
        let text = Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)
        #expect(throws: ClaimReader.Malformed.self) { try ClaimReader.object(text) }
    }

    @Test("nesting has a limit, however deep the text is", arguments: [16, 1_000, 100_000])
    func depth(count: Int) {
        let text =
            #"{"a":"# + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
        #expect(throws: ClaimReader.Malformed.self) { try ClaimReader.object(Array(text.utf8)) }
    }

    @Test("so many levels are read")
    func levels() throws {
        let text = #"{"a":"# + String(repeating: "[", count: 15) + String(repeating: "]", count: 15) + "}"
        #expect(try ClaimReader.object(Array(text.utf8))["a"] != nil)
    }

    @Test("integers are those that are written as such")
    func integers() throws {
        let text = #"{"a":[1.0,1e3,-1E0,9223372036854775807,-9223372036854775808,-9223372036854775809]}"#
        let object = try ClaimReader.object(Array(text.utf8))
        #expect(
            object["a"]
                == .array([
                    .number(1), .number(1000), .number(-1), .integer(.max), .integer(.min), .number(-0x1p63),
                ])
        )
    }

    @Test("all kinds of values are read")
    func values() throws {
        let text =
            #" { "a" : [ null , true,false,-0,9223372036854775807, 9223372036854775808, 1.5e1 ] , "b":{}, "c":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é" } "#
        let object = try ClaimReader.object(Array(text.utf8))
        #expect(
            object["a"]
                == .array([
                    .null, .bool(true), .bool(false), .integer(0), .integer(.max), .number(0x1p63),
                    .number(15),
                ])
        )
        #expect(object["b"] == .object([:]))
        #expect(object["c"] == .string("\"\\/\u{8}\u{C}\n\r\té😀é"))
    }

    @Test("what is written is read back", arguments: 1...5 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<500 {
            guard case .object(let object) = Self.value(&random, depth: 0, kind: 5) else { continue }
            #expect(try ClaimReader.object(ClaimWriter.encode(object)) == object, "seed \(seed)")
        }
    }

    private static func value(_ random: inout SplitMix, depth: Int, kind: Int? = nil) -> ClaimValue {
        switch kind ?? random.below(depth < 4 ? 6 : 4) {
        case 0: return .bool(random.below(2) == 0)
        case 1: return .integer(Int64(bitPattern: random.next()))
        case 2: return .string(text(&random))
        case 3: return .number(Double(random.below(1_000_000)) + 0.5)
        case 4: return .array((0..<random.below(4)).map { _ in value(&random, depth: depth + 1) })
        default:
            let names = Set((0..<random.below(5)).map { _ in text(&random) })
            return .object(
                Dictionary(uniqueKeysWithValues: names.map { ($0, value(&random, depth: depth + 1)) })
            )
        }
    }

    private static func text(_ random: inout SplitMix) -> String {
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\u{1}", "\n", "é", "😀", "{", "\u{2028}"]
        var text = String.UnicodeScalarView()
        for _ in 0..<random.below(6) { text.append(scalars[random.below(scalars.count)]) }
        return String(text)
    }
}

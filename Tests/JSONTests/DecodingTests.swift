import FoundationEssentials
import Testing

@testable import JSON

@Suite("decoding") struct DecodingTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONText.decode(type, from: Array(text.utf8))
    }

    @Test("a value is read as it was written, from an array, a slice and a span")
    func roundTrip() throws {
        let bytes = try JSONText.encode(Order.sample)
        #expect(try JSONText.decode(Order.self, from: bytes) == .sample)
        #expect(try JSONText.decode(Order.self, from: ([0x78] + bytes)[1...]) == .sample)
        #expect(try JSONText.decode(Order.self, from: bytes.span) == .sample)
        #expect(try JSONText.decodeCollecting(Order.self, from: bytes) == .sample)
    }

    @Test("fields are found in any order, among others, and with escapes in their keys")
    func order() throws {
        let text =
            #"{"x":[{"a":9}],"children":[{"children":[],"value":2},{"\u0076alue":3,"children":[]}],"y":{},"value":1}"#
        let tree = Tree(value: 1, children: [Tree(value: 2, children: []), Tree(value: 3, children: [])])
        #expect(try decode(Tree.self, text) == tree)
    }

    static let bad: [(String, JSONReason, String)] = [
        ("{}", .missingKey, "value"), (#"{"value":1}"#, .missingKey, "children"), ("[]", .wrongType, ""),
        ("1", .wrongType, ""),
        (#"{"value":"1","children":[]}"#, .wrongType, "value"),
        (#"{"value":null,"children":[]}"#, .wrongType, "value"),
        (#"{"value":true,"children":[]}"#, .wrongType, "value"),
        (#"{"value":1.5,"children":[]}"#, .notAnInteger, "value"),
        (#"{"value":1,"children":{}}"#, .wrongType, "children"),
        (
            #"{"value":1,"children":[{"value":1,"children":[]},{"value":[],"children":[]}]}"#, .wrongType,
            "children[1].value"
        ),
        (#"{"value":1,"children":[{"value":1e30,"children":[]}]}"#, .outOfRange, "children[0].value"),
    ]

    @Test("a bad field is named", arguments: bad)
    func errors(text: String, reason: JSONReason, path: String) {
        let error = #expect(throws: JSONError.self) { try decode(Tree.self, text) }
        #expect(error?.reason == reason)
        #expect(error?.path.description == path)
        #expect(error?.reason.isSyntax == false)
        #expect(error?.problems.count == 1)
    }

    @Test("a string in the wrong format tells the right one")
    func formats() {
        #expect(
            #expect(throws: JSONError.self) { try decode([UUID].self, #"["6ba7"]"#) }?.reason
                == .invalidFormat
        )
        #expect(
            #expect(throws: JSONError.self) { try decode([Date].self, #"["today"]"#) }?.reason
                == .invalidFormat
        )
        #expect(
            #expect(throws: JSONError.self) { try decode([Data].self, #"["a"]"#) }?.reason == .invalidFormat
        )
        #expect(
            #expect(throws: JSONError.self) { try decode([Data].self, #"["YQ =="]"#) }?.reason
                == .invalidFormat
        )
        let error = #expect(throws: JSONError.self) { try decode([Category].self, #"["flat","secret"]"#) }
        #expect(
            error?.description == "[1]: a value that is not allowed, expected one of flat, house (at byte 8)"
        )
    }

    @Test("what a type's own init throws is told without its text")
    func foreign() {
        let error = #expect(throws: JSONError.self) { try decode([String: Refusing].self, #"{"a":1}"#) }
        #expect(error?.reason == .rejected && error?.path.description == "a")
        #expect(error?.description.contains("secret") == false)
    }

    @Test("dictionaries, optionals, nested arrays, values at the top")
    func shapes() throws {
        #expect(try decode([String: Int?].self, #"{"a":null,"b":1}"#) == ["a": nil, "b": 1])
        #expect(try decode([Int: String].self, #"{"1":"a"}"#) == [1: "a"])
        #expect(try decode([[[Int]]].self, "[[[1],[]],[]]") == [[[1], []], []])
        #expect(try decode(Int?.self, "null") == nil)
        #expect(try decode(String.self, #""x""#) == "x")
        #expect(try decode([Either].self, #"[1,"a"]"#).map(\.text) == ["1", "a"])
        #expect(try decode([UInt8].self, #""AP8Q""#) == [0, 255, 16])
        #expect(try decode([Float].self, "[0.1]") == [0.1])
    }

    @Test("nested containers, super decoders and what ends too early")
    func containers() throws {
        struct Hand: Decodable {
            var values: [Int] = []
            init(from decoder: any Decoder) throws {
                let top = try decoder.container(keyedBy: JSONIndexKey.self)
                let inner = try top.nestedContainer(
                    keyedBy: JSONIndexKey.self,
                    forKey: JSONIndexKey(stringValue: "o")
                )
                values.append(try inner.decode(Int.self, forKey: JSONIndexKey(stringValue: "x")))
                var list = try top.nestedUnkeyedContainer(forKey: JSONIndexKey(stringValue: "l"))
                values.append(list.count ?? -1)
                values.append(try list.decodeNil() ? 0 : -1)
                values.append(try list.nestedUnkeyedContainer().count ?? -1)
                values.append(try list.superDecoder().singleValueContainer().decode(Int.self))
                values.append(try Int(from: top.superDecoder()))
                values.append(list.currentIndex)
                _ = try list.decode(Int.self)
            }
        }
        let text = #"{"o":{"x":7},"l":[null,[1,2],5],"super":8}"#
        let error = #expect(throws: JSONError.self) { try decode(Hand.self, text) }
        #expect(error?.reason == .endOfArray && error?.path.description == "l")
        let more = #"{"o":{"x":7},"l":[null,[1,2],5,6],"super":8}"#
        #expect(try decode(Hand.self, more).values == [7, 4, 0, 2, 5, 8, 3])
    }
}

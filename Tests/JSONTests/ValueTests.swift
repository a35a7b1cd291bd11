import Foundation
import Testing

@testable import JSON

@Suite("free-form values") struct ValueTests {
    @Test("subscripts find what is there, and nothing else")
    func subscripts() throws {
        let value = try Verdict.value(#"{"a":[{"b":"x"},2],"c":null,"d":true}"#)
        #expect(value["a"]?[0]?["b"]?.string == "x")
        #expect(value["a"]?[1]?.number?.int64 == 2)
        #expect(value["c"]?.isNull == true && value["d"]?.bool == true)
        #expect(value["e"] == nil && value["a"]?[2] == nil && value["a"]?[-1] == nil && value[0] == nil)
        #expect(value == ["a": [["b": "x"], 2], "c": nil, "d": true])
    }

    @Test("an object keeps its order when members are set and removed")
    func objects() throws {
        var object: JSONObject = ["b": 1, "a": 2, "b": 3]
        object["c"] = "x"
        object["a"] = nil
        object["none"] = nil
        #expect(try Verdict.text(JSONValue.object(object)) == #"{"b":3,"c":"x"}"#)
    }

    @Test("other coders read and write it as well, in an order of their own")
    func others() throws {
        func members(_ value: JSONValue) -> [String: JSONValue]? {
            guard case .object(let object) = value else { return nil }
            return Dictionary(uniqueKeysWithValues: object.members.map { ($0.key, $0.value) })
        }
        let value: JSONValue = ["a": [1, true, nil, "x", .number(try #require(JSONNumber(1.5)))], "b": [:]]
        let data = try JSONEncoder().encode(value)
        #expect(try members(JSONDecoder().decode(JSONValue.self, from: data)) == members(value))
        #expect(try members(JSONText.decode(JSONValue.self, from: Array(data))) == members(value))
    }

    @Test("numbers keep all their digits as a field of a type")
    func exact() throws {
        struct Envelope: Codable { var data: JSONValue }
        let text = #"{"data":{"n":1.00000000000000000000000000001e1000,"m":18446744073709551616}}"#
        #expect(try Verdict.text(JSONText.decode(Envelope.self, from: Array(text.utf8))) == text)
    }
}

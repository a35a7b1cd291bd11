import FoundationEssentials
import Testing

@testable import JSON

@Suite("encoding") struct EncodingTests {
    @Test("fields stand in the order of their declaration; nil is left out")
    func order() throws {
        let text = try Verdict.text(Order.sample)
        #expect(
            text == #"""
                {"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","placed":"2026-11-21T12:36:40.250Z","category":"house","items":[{"name":"a\"\n","price":0.1},{"name":"é","price":-2.0,"count":255}],"labels":{"x":1},"isPaid":true,"photo":"AP8Q","site":"https://a.test/b?c","raw":"AQI="}
                """#
        )
    }

    @Test("sorted keys, at every level")
    func sorted() throws {
        let value: JSONValue = ["b": 1]
        struct Zoo: Encodable {
            var zebra = ["y": 1, "x": 2, "": 3]
            var ant: [String: Int] = [:]
            var zoo = 1
            var bee: [[String: Int]] = [["d": 1, "c": 2]]
        }
        #expect(try Verdict.text(value, JSONEncodingOptions(sortsKeys: true)) == #"{"b":1}"#)
        #expect(
            try Verdict.text(Zoo(), JSONEncodingOptions(sortsKeys: true))
                == #"{"ant":{},"bee":[{"c":2,"d":1}],"zebra":{"":3,"x":2,"y":1},"zoo":1}"#
        )
        #expect(
            try Verdict.text(Zoo(), JSONEncodingOptions(sortsKeys: true, isPretty: true)) == """
                {
                  "ant": {},
                  "bee": [
                    {
                      "c": 2,
                      "d": 1
                    }
                  ],
                  "zebra": {
                    "": 3,
                    "x": 2,
                    "y": 1
                  },
                  "zoo": 1
                }
                """
        )
    }

    @Test("a type without fields, and encoders that nobody uses, write an empty object")
    func empty() throws {
        struct Empty: Encodable {}
        struct Unused: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                _ = container.superEncoder()
                try container.encode(Empty())
                _ = container.nestedContainer(keyedBy: JSONIndexKey.self)
                _ = container.nestedUnkeyedContainer()
                #expect(container.count == 4)
            }
        }
        #expect(try Verdict.text(Empty()) == "{}")
        #expect(try Verdict.text(Unused()) == "[{},{},{},[]]")
        #expect(try Verdict.text([String: Int]()) == "{}")
        #expect(try Verdict.text(Int?.none) == "null")
    }

    @Test("a subclass goes on in its superclass's object")
    func classes() throws {
        class Base: Encodable {
            var a = 1
            enum Keys: CodingKey { case a, b }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                try container.encode(a, forKey: .a)
            }
        }
        final class Derived: Base {
            override func encode(to encoder: any Encoder) throws {
                try super.encode(to: encoder)
                var container = encoder.container(keyedBy: Keys.self)
                try super.encode(to: container.superEncoder())
                try container.encode(2, forKey: .b)
            }
        }
        #expect(try Verdict.text(Derived()) == #"{"a":1,"super":{"a":1},"b":2}"#)
    }

    @Test("a container that was left can't go on, also where its method can't throw")
    func closed() {
        struct Late: Encodable {
            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                var inner = list.nestedUnkeyedContainer()
                try list.encode(1)
                try inner.encode(2)
            }
        }
        struct Silent: Encodable {
            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                var inner = list.nestedUnkeyedContainer()
                try list.encode(1)
                _ = inner.nestedUnkeyedContainer()
            }
        }
        struct Twice: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(1)
                try container.encode(2)
            }
        }
        for value in [Late(), Silent(), Twice()] as [any Encodable] {
            #expect(#expect(throws: JSONError.self) { try Verdict.text(value) }?.reason == .containerClosed)
        }
    }

    @Test("an error names the field")
    func errors() {
        let far = Order.Item(name: "", price: .nan, count: nil)
        let error = #expect(throws: JSONError.self) { try Verdict.text(["k": [far]]) }
        #expect(error?.path.description == "k[0].price")
        #expect(throws: JSONError.self) { try Verdict.text([Date.distantFuture + 1e13]) }
    }
}

import Testing

@testable import JSON

@Suite("all bad fields at once") struct CollectingTests {
    private func problems<Value: Decodable>(_ type: Value.Type, _ text: String) -> [String] {
        do throws(JSONError) {
            _ = try JSONText.decodeCollecting(type, from: Array(text.utf8))
            return []
        } catch {
            return error.problems.map { "\($0.path) \($0.reason.rawValue)" }
        }
    }

    @Test("every field of marked types, every element, every member")
    func all() {
        let text = #"""
            {"id":"x","placed":1,"category":"castle","items":[{"name":1,"price":"a"},{"name":"b","price":1},{"price":2,"count":256}],
             "labels":{"x":"1","y":2,"z":null},"contact":{"name":"a","price":[]},"photo":"***","site":"https://a.test","raw":"AQI="}
            """#
        #expect(
            problems(Order.self, text) == [
                "id invalid_format", "placed wrong_type", "category rejected", "items[0].name wrong_type",
                "items[0].price wrong_type", "items[2].name missing_key", "items[2].count out_of_range",
                "labels.x wrong_type",
                "labels.z wrong_type", "contact.price wrong_type", "isPaid missing_key",
                "photo invalid_format",
            ]
        )
    }

    @Test("an empty object misses every field that is not optional")
    func empty() {
        #expect(problems(Order.Item.self, "{}") == ["name missing_key", "price missing_key"])
        #expect(problems(Order.self, "{}").count == 9)
        #expect(problems(Order.self, "[]") == [" wrong_type"])
    }

    @Test("malformed text is one problem", arguments: ["{", "{\"a\":1,\"a\":2}", "[1,]"])
    func syntax(text: String) { #expect(problems(Order.self, text).count == 1) }

    @Test("a type without the mark is never given a value that was not sent")
    func unmarked() {
        #expect(
            problems(Mixed.self, #"{"before":"x","strict":{"a":41,"b":"x"},"after":"x"}"#) == [
                "before wrong_type", "strict.b wrong_type",
            ]
        )
        #expect(
            problems([Strict].self, #"[{"a":42},{"b":43},{"a":"x"}]"#) == [
                "[0].b missing_key", "[1].a missing_key", "[2].a wrong_type",
            ]
        )
        #expect(Set(Strict.seen.all) == [41, 42])
    }

    @Test("what a type tries and gets over is no problem")
    func tried() {
        #expect(problems([Either].self, #"["a",[],1]"#) == ["[1] wrong_type"])
    }

    @Test("a type that holds itself costs no more than its text")
    func recursive() {
        var text = #"{"value":"x"}"#
        for _ in 0..<30 { text = #"{"value":"x","children":[\#(text)]}"# }
        #expect(problems(Tree.self, text).count == 32)
    }

    @Test("a marked type inside a marked type that is missing has a stand-in")
    func missingMarked() {
        struct Plain: Decodable, JSONFieldwise {
            var inner: Order
            var other: Tree
            var last: Int
        }
        #expect(
            problems(Plain.self, #"{"inner":1}"#) == [
                "inner wrong_type", "other missing_key", "last missing_key",
            ]
        )
    }

    @Test("behind a bad field that has no stand-in the rest of its object is not looked at")
    func noStandIn() {
        struct Outer: Decodable, JSONFieldwise {
            var list: [Inner]
            var last: Int
        }
        struct Inner: Decodable, JSONFieldwise {
            var either: Either
            var unseen: Int
        }
        #expect(
            problems(Outer.self, #"{"list":[{},{"either":1}]}"#) == [
                "list[0].either missing_key", "list[1].unseen missing_key", "last missing_key",
            ]
        )
    }
}

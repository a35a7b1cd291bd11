import Testing

@testable import JSON

@Suite("the grammar of RFC 8259") struct GrammarTests {
    @Test("a text that breaks it names the rule and the byte", arguments: GrammarCases.refused)
    func refuses(text: String, reason: JSONReason, offset: Int) throws {
        let error = try #require(Verdict.error(Array(text.utf8)))
        #expect(error.reason == reason)
        #expect(error.offset == offset)
        #expect(error.reason.isSyntax)
    }

    @Test(
        "a text that follows it is read, and written as short as it can be",
        arguments: GrammarCases.accepted
    )
    func accepts(text: String, compact: String) throws {
        #expect(try Verdict.text(Verdict.value(text)) == compact)
    }

    @Test("the reader tells one token after the other")
    func tokens() throws {
        let text = Array(#" {"a":[1,"x\n",true,null]} "#.utf8)
        var reader = JSONReader()
        var tokens: [String] = []
        while let token = try reader.next(text.span) {
            switch token {
            case .key(let lexeme), .string(let lexeme): tokens.append(lexeme.text(in: text.span))
            case .number(let lexeme): tokens.append(lexeme.number(in: text.span).description)
            default: tokens.append("\(token)")
            }
        }
        #expect(
            tokens == [
                "beginObject", "a", "beginArray", "1", "x\n", "bool(true)", "null", "endArray", "endObject",
            ]
        )
        #expect(try reader.next(text.span) == nil)
    }

    @Test(
        "an error names the field on the way to it",
        arguments: [
            (#"{"items":[{"price":1},{"price":2,"n":tru}]}"#, "items[1].n", "/items/1/n"),
            (#"{"a":{"b":1,"c d":[0,[x]]}}"#, #"a["c d"][1][0]"#, "/a/c d/1/0"),
            (#"{"a/b":{"m~n":01}}"#, #"["a/b"]["m~n"]"#, "/a~1b/m~0n"), ("[1,2 3]", "[1]", "/1"),
            ("x", "", ""),
            (#"{"a":{"k":1,"k":2}}"#, "a.k", "/a/k"), (#"{"":x}"#, #"[""]"#, "/"),
        ]
    )
    func paths(text: String, path: String, pointer: String) throws {
        let error = try #require(Verdict.error(Array(text.utf8)))
        #expect(error.path.description == path)
        #expect(error.path.pointer == pointer)
    }

    @Test("no error holds a value, and a long key is cut")
    func secrecy() throws {
        let key = String(repeating: "k", count: 5000)
        let error = try #require(Verdict.error(Array("{\"\(key)\":[\"secret\",secret]}".utf8)))
        #expect(!error.description.contains("secret") && error.description.utf8.count < 200)
    }
}

import Testing

@testable import HTTP

@Suite("fields") struct HTTPFieldsTests {
    private let fields: HTTPFields = [.contentType: "text/plain", "x": "1", "y": "2", "x": "3"]

    private func texts(_ values: [ArraySlice<UInt8>]) -> [String] {
        values.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a name is found in any case, its first value first")
    func looksUp() throws {
        let parsed = try #require(
            ParsedRequest.parse("GET / HTTP/1.1\r\nHOST: a\r\nX-oNe: 1\r\nx-One: 2\r\n\r\n").value
        )
        let name = try #require(HTTPFieldName("x-one".uppercased()))
        #expect(parsed.head.fields[name] == "1")
        #expect(texts(parsed.head.fields.values(of: "x-one")) == ["1", "2"])
        #expect(parsed.head.fields[.host] == "a")
        #expect(parsed.head.fields.contains(name))
    }

    @Test(
        "a name that is only the begin or end of another is not found",
        arguments: ["x-on", "x-onee", "-one", "one"]
    )
    func tellsApart(name: String) throws {
        let fields: HTTPFields = ["x-one": "1"]
        let name = try #require(HTTPFieldName(name))
        #expect(fields[name] == nil)
        #expect(!fields.contains(name))
        #expect(fields.value(of: name) == nil)
        #expect(fields.values(of: name).isEmpty)
    }

    @Test("appending keeps what is there; order is kept")
    func appends() {
        var fields = fields
        fields.append("x", "4")
        fields.append("z", bytes: [0xFF])
        #expect(texts(fields.values(of: "x")) == ["1", "3", "4"])
        #expect(texts(fields.all.map(\.name)) == ["content-type", "x", "y", "x", "x", "z"])
        #expect(fields.value(of: "z") == [0xFF])
        #expect(fields["z"] == "\u{FFFD}")
        #expect(fields.count == 6)
    }

    @Test("setting puts one in the place of all")
    func sets() {
        var fields = fields
        fields.set("x", "new")
        fields.set("w", "")
        #expect(texts(fields.values(of: "x")) == ["new"])
        #expect(fields["w"] == "")
        #expect(fields.count == 4)
    }

    @Test("removing takes all of the name and nothing else")
    func removes() {
        var fields = fields
        fields.remove("x")
        fields.remove("nothing")
        #expect(fields == [.contentType: "text/plain", "y": "2"])
        fields.removeAll { $0.count == 1 }
        #expect(fields == [.contentType: "text/plain"])
        fields.removeAll()
        #expect(fields.isEmpty)
        fields.append("x", "1")
        #expect(fields == ["x": "1"])
    }

    /// Values, token, whether it is a member (RFC 9110 §5.6.1).
    static let lists: [([String], Bool)] = [
        (["close"], true), (["Close"], true), (["a, close"], true), (["close,a"], true),
        (["\t close \t"], true), (["a", "close"], true),
        ([",,close,,"], true), ([""], false), (["closed"], false), (["xclose"], false), (["close x"], false),
        (["\"close\""], false),
        (["close;q=1"], false), (["clo se"], false), (["clo", "se"], false), ([], false),
    ]

    @Test("a token is looked for among the members of all values", arguments: lists)
    func findsToken(values: [String], isMember: Bool) {
        var fields: HTTPFields = ["x": "close"]
        for value in values { fields.append(.connection, value) }
        #expect(fields.contains(.connection, token: "close") == isMember)
    }

    @Test("equal are the same fields in the same order, names in any case, however they came")
    func equality() throws {
        let parsed = try #require(
            ParsedRequest.parse("GET / HTTP/1.1\r\nHost:a\r\nX:  1 \r\n\r\n").value?.head.fields
        )
        #expect(parsed == [.host: "a", "x": "1"])
        #expect(parsed != ["x": "1", .host: "a"])
        #expect(parsed != [.host: "A", "x": "1"])
        #expect(parsed != [.host: "a"])
    }

    @Test("fields of a parsed head are copied with their spelling")
    func copies() throws {
        let parsed = try #require(
            ParsedRequest.parse("GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n").value?.head.fields
        )
        var copy = HTTPFields()
        for field in parsed.all { copy.append(field) }
        #expect(texts(copy.all.map(\.name)) == ["Host", "X-One"])
        #expect(copy == parsed)
    }

    @Test("a copy does not change with its original")
    func valueSemantics() {
        let original = fields
        var copy = original
        copy.set("x", "other")
        copy.append("z", "z")
        #expect(original == fields)
    }
}

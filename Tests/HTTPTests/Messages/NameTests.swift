import Testing

@testable import HTTP

@Suite("methods, field names, statuses") struct NameTests {
    static let noTokens = [
        "", " ", "a b", "a:", ":a", "a\r\n", "a\0", "é", "a/b", "(a)", "\"a\"", "a,b", "a\u{7F}",
    ]

    @Test("what is no token is neither a method nor a field name (RFC 9110 §5.6.2)", arguments: noTokens)
    func refuses(name: String) {
        #expect(HTTPMethod(name) == nil)
        #expect(HTTPFieldName(name) == nil)
    }

    @Test("a method is case-sensitive and at most 32 bytes (RFC 9110 §9.1)")
    func methods() {
        #expect(HTTPMethod("GET") == .get)
        #expect(HTTPMethod("get") != .get)
        #expect(HTTPMethod(String(repeating: "M", count: 32)) != nil)
        #expect(HTTPMethod(String(repeating: "M", count: 33)) == nil)
        #expect("\(HTTPMethod.patch)" == "PATCH")
    }

    @Test("idempotent are the safe methods, PUT and DELETE (RFC 9110 §9.2.2)")
    func idempotence() {
        #expect(HTTPMethod.known.filter(\.isIdempotent) == [.get, .head, .put, .delete, .options, .trace])
        #expect(HTTPMethod("PROPFIND")?.isIdempotent == false)
    }

    @Test(
        "a field name is the same in any case",
        arguments: ["Content-Type", "content-type", "CONTENT-TYPE"]
    )
    func fieldNames(spelled: String) {
        #expect(HTTPFieldName(spelled) == .contentType)
        #expect(HTTPFieldName(spelled)?.description == "content-type")
    }

    @Test("a field is found under its name in any case, and under no other of the same length")
    func lookUp() {
        for length in 1...20 {
            let text = Array("x-forwarded^for~host".utf8.prefix(length))
            var fields = HTTPFields()
            fields.append((name: text[...], value: Array("1".utf8)[...]))
            for place in text.indices {
                for byte in Array("xX-_^~oO!".utf8) {
                    var other = text
                    other[place] = byte
                    let isSame = ByteClass.lowercase(byte) == text[place]
                    let name = HTTPFieldName(String(decoding: other, as: UTF8.self))
                    #expect(name.map { fields.contains($0) } == isSame, "\(name?.name ?? "")")
                }
            }
        }
    }

    @Test("a status is 100 to 599")
    func statuses() {
        for code in [-1, 0, 99, 600, 999, 65_536 + 200, .max] { #expect(HTTPStatus(code: code) == nil) }
        for code in 100...599 { #expect(HTTPStatus(code: code)?.code == UInt16(code)) }
        #expect("\(HTTPStatus.notFound)" == "404 Not Found")
        #expect(HTTPStatus(code: 418)?.phrase == "")
    }

    @Test("1xx, 204 and 304 have no content (RFC 9110 §6.4.1)")
    func content() {
        let without = (100...599).compactMap(HTTPStatus.init).filter(\.hasNoContent).map(\.code)
        #expect(without == Array(100...199) + [204, 304])
        #expect(
            (100...599).compactMap(HTTPStatus.init).filter(\.isInformational).map(\.code) == Array(100...199)
        )
    }

    @Test("a name in the source may be written in any case")
    func sourceCase() {
        #expect(HTTPFieldName("X-One") == "x-one")
        #expect(("X-One" as HTTPFieldName).name == "x-one")
    }

    @Test("a mistake in the source ends the program")
    func sourceMistakes() async {
        await #expect(processExitsWith: .failure) { _ = HTTPStatus(integerLiteral: 600) }
        await #expect(processExitsWith: .failure) { _ = HTTPFieldName(stringLiteral: "a b") }
    }
}

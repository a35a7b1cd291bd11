import Testing

@testable import Authentication
@testable import Tokens

@Suite("the list of revocations") struct RevocationBookTests {
    private let now = UnixTime(seconds: 1_000)

    private func pair(_ key: String, _ index: UInt64, _ value: String) -> RevocationBook.Pair {
        RevocationBook.Pair(key: key, value: Array(value.utf8), modifyIndex: index)
    }

    private func token(_ id: String, until: Int64 = 2_000, index: UInt64 = 1) -> RevocationBook.Pair {
        pair(id, index, #"{"jti":"\#(id)","until":\#(until)}"#)
    }

    static let unreadable: [String] = [
        "", "[]", "{}", #"{"until":1}"#, #"{"jti":"a"}"#, #"{"jti":"","until":1}"#, #"{"jti":1,"until":1}"#,
        #"{"sub":"a","until":1}"#, #"{"sub":"","issuedUpTo":1,"until":1}"#,
        #"{"jti":"a","sub":"b","until":1}"#,
        #"{"jti":"a","issuedUpTo":1,"until":1}"#, #"{"jti":"a","until":1.5}"#, #"{"jti":"a","until":1e400}"#,
        #"{"jti":"a","until":99999999999999999999}"#, #"{"jti":"a","jti":"b","until":1}"#,
        #"{"jti":"a","until":1}x"#, #"{"iss":[],"jti":"a","until":1}"#,
        #"{"jti":"\#(String(repeating: "a", count: 4096))","until":1}"#,
    ]

    @Test("an entry that can't be read is none", arguments: unreadable)
    func malformed(text: String) {
        #expect(throws: RevocationEntry.Malformed.self) { try RevocationEntry(parsing: Array(text.utf8)) }
    }

    @Test("entries are read; members that are not known are passed over")
    func reads() throws {
        let token = try RevocationEntry(parsing: Array(#"{"jti":"a","until":7,"why":"stolen"}"#.utf8))
        #expect(token.scope == .token(id: "a") && token.until == UnixTime(seconds: 7) && token.issuer == nil)
        let text = #"{"iss":"https://i","sub":"s","issuedUpTo":5,"until":7}"#
        let subject = try RevocationEntry(parsing: Array(text.utf8))
        #expect(
            subject.scope == .subject("s", issuedUpTo: UnixTime(seconds: 5)) && subject.issuer == "https://i"
        )
    }

    @Test("the same list again is no change; what is told once as malformed is not told again")
    func changes() {
        var book = RevocationBook()
        let bad = pair("bad", 2, "x")
        let first = book.take([token("a"), bad], isReset: false, at: now)
        #expect(first.isChanged && first.mistakes.map(\.key) == ["bad"])
        let second = book.take([token("a"), bad], isReset: false, at: now)
        #expect(!second.isChanged && second.mistakes.isEmpty)
        #expect(book.take([token("b"), bad], isReset: false, at: now).isChanged)
        #expect(Set(book.entries.keys) == ["b"])
        let mended = book.take(
            [token("b"), pair("bad", 3, #"{"jti":"c","until":2000}"#)],
            isReset: false,
            at: now
        )
        #expect(mended.isChanged && book.entries.count == 2)
    }

    @Test("a registry that lost what it knew takes nothing back; what it says anew counts")
    func reset() {
        var book = RevocationBook()
        _ = book.take([token("a"), token("b", until: 1_100)], isReset: false, at: now)
        #expect(!book.take([], isReset: true, at: now).isChanged)
        #expect(Set(book.entries.keys) == ["a", "b"])
        // An old index under a key tells nothing about its value in the registry's new life.
        _ = book.take([token("c"), pair("a", 1, #"{"jti":"x","until":2000}"#)], isReset: true, at: now)
        #expect(Set(book.entries.keys) == ["a", "b", "c"])
        #expect(book.entries["a"]?.scope == .token(id: "x"))
        _ = book.take([token("c")], isReset: false, at: now)
        #expect(Set(book.entries.keys) == ["b", "c"])
        _ = book.take([token("c")], isReset: false, at: UnixTime(seconds: 1_160))
        #expect(Set(book.entries.keys) == ["c"])
    }

    @Test("an entry counts a minute beyond its end: verifiers allow for a skew")
    func ends() throws {
        var book = RevocationBook()
        _ = book.take([token("a")], isReset: false, at: now)
        #expect(!book.take([token("a")], isReset: false, at: UnixTime(seconds: 2_059)).isChanged)
        #expect(book.take([token("a")], isReset: false, at: UnixTime(seconds: 2_060)).isChanged)
        #expect(book.entries.isEmpty)
        _ = book.take([token("a", until: .max, index: 2)], isReset: false, at: now)
        #expect(book.entries.count == 1)
    }

    @Test("sets are made by issuer; those of no issuer count for all")
    func sets() throws {
        var book = RevocationBook()
        let pairs = [
            token("all"), pair("k", 1, #"{"iss":"one","jti":"t","until":2000}"#),
            pair("s", 1, #"{"iss":"one","sub":"s","issuedUpTo":500,"until":2000}"#),
        ]
        _ = book.take(pairs, isReset: false, at: now)
        let list = RevocationList()
        #expect(list.generation == 0)
        list.replace(with: try book.snapshot())
        #expect(list.generation == 1)
        func isRevoked(_ issuer: String, id: String, subject: String = "x", at time: Int64 = 600) -> Bool {
            var claims = TokenClaims()
            (claims.issuer, claims.id, claims.subject) = (issuer, id, subject)
            claims.issuedAt = UnixTime(seconds: time)
            do throws(TokenError) { try list.check(claims) } catch { return true }
            return false
        }
        #expect(isRevoked("one", id: "all") && isRevoked("two", id: "all"))
        #expect(isRevoked("one", id: "t") && !isRevoked("two", id: "t"))
        #expect(
            isRevoked("one", id: "y", subject: "s", at: 500)
                && !isRevoked("one", id: "y", subject: "s", at: 501)
        )
        #expect(!isRevoked("two", id: "y", subject: "s", at: 500))
    }
}

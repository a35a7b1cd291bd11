import Testing

@testable import Registry

@Suite("texts: durations, queries, patterns, addresses") struct TextTests {
    static let durations: [(String, Int64)] = [
        ("10s", 10_000_000_000), ("15.0s", 15_000_000_000), ("1m30s", 90_000_000_000),
        ("120000ms", 120_000_000_000),
        ("0.001s", 1_000_000), ("15.000000s", 15_000_000_000), ("1h", 3_600_000_000_000),
        ("-1s", -1_000_000_000),
        ("0", 0), (".5s", 500_000_000), ("5.s", 5_000_000_000), ("1us", 1000), ("1µs", 1000),
    ]

    @Test("durations in Go's notation", arguments: durations) func parse(text: String, nanoseconds: Int64) {
        #expect(GoDuration.parse(text) == nanoseconds)
    }

    @Test(
        "what is no duration",
        arguments: ["", "5", "x", "5x", "s", ".s", "1..5s", "1 s", "1e3s", "+", "-", "99999999h"]
    )
    func refuse(text: String) { #expect(GoDuration.parse(text) == nil) }

    static let canonical: [(Int64, String)] = [
        (0, "0s"), (10_000_000_000, "10s"), (60_000_000_000, "1m0s"), (90_000_000_000, "1m30s"),
        (1_500_000_000, "1.5s"), (100_000_000, "100ms"), (3_600_000_000_000, "1h0m0s"), (1500, "1.5µs"),
        (7, "7ns"),
        (-90_000_000_000, "-1m30s"),
    ]

    @Test("durations as Go writes them", arguments: canonical) func format(nanoseconds: Int64, text: String) {
        #expect(GoDuration.format(nanoseconds) == text)
        #expect(GoDuration.parse(text) == nanoseconds)
    }

    static let patterns: [(String, String, Bool)] = [
        ("^web-[0-9]+$", "web-12", true), ("^web-[0-9]+$", "web-", false), ("a|b", "xbx", true),
        ("^(a|b)*$", "abba", true),
        ("^(a|b)*$", "abc", false), ("a{2,3}$", "aaaa", true), ("^a{2,3}$", "aaaa", false),
        ("^a?$", "", true),
        ("\\d\\.\\d", "1.2", true), ("[^a-c]", "abc", false), ("(?:ab)+c", "ababc", true),
        ("", "anything", true),
        ("^(a*)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false), ("x*?y", "xxy", true), ("^.$", "\n", false),
    ]

    @Test("patterns", arguments: patterns) func match(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == isMatch)
    }

    @Test(
        "what is no pattern, or too large a one",
        arguments: ["(", ")", "[a", "*", "a{2", "a{3,2}", "((a{100}){100}){100}", "\\"]
    )
    func refusePattern(text: String) { #expect(throws: Refusal.self) { try Pattern(text) } }

    static let urls: [(String, String?)] = [
        ("http://127.0.0.1:9998/health", "127.0.0.1 9998 /health"),
        ("http://[127.0.0.1]:9998/health", "127.0.0.1 9998 /health"),
        ("http://[::1]/", "::1 80 /"), ("HTTP://h?q=1", "h 80 /?q=1"), ("http://u:p@h:81/x#f", "h 81 /x"),
        ("https://h/", nil),
        ("http://", nil), ("h:80", nil), ("http://h:99999/", nil),
    ]

    @Test("URLs of checks", arguments: urls) func url(text: String, parts: String?) {
        let url = ProbeURL(text)
        #expect(url.map { "\($0.address.host) \($0.address.port) \($0.target)" } == parts)
    }

    @Test("query parameters") func query() {
        let query = QueryParameters("a=1&b&c=x%20y+z&a=2&d=%zz&=e")
        #expect(query["a"] == "1" && query.all("a") == ["1", "2"])
        #expect(query.contains("b") && query["b"] == "")
        #expect(query["c"] == "x y z" && query["none"] == nil)
    }
}

import Testing

@testable import WebClient

@Suite("URLs and destinations") struct WebURLTests {
    static let malformed = [
        "", "example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://h/", "//example.com/",
        "https://", "https:///path", "https://user@example.com/", "https://user:secret@example.com/",
        "https://example.com:0/", "https://example.com:65536/", "https://example.com:+80/",
        "https://example.com:/",
        "https://example.com:8x/", "https://exa mple.com/", "https://exämple.com/", "https://example.com%00/",
        "https://example.com\\@evil/", "https://[::1/", "https://[::g]/", "https://[::1]x/", "https://[]/",
        "https://example.com\r\nX: y/", "javascript:alert(1)",
    ]

    @Test("what can be read in two ways is refused, without repeating it", arguments: malformed)
    func refuses(_ text: String) {
        let error = #expect(throws: WebClientError.self) { try WebURL(text) }
        if text.contains("secret") { #expect(error.map { !"\($0)".contains("secret") } ?? false) }
    }

    static let good: [(String, String, String)] = [
        ("https://Example.COM", "https://example.com", "/"),
        ("HTTP://a.b:80/x?y=z#f", "http://a.b", "/x?y=z"),
        ("https://h:8443?q", "https://h:8443", "/?q"), ("https://[::1]:443/", "https://[::1]", "/"),
        ("http://[fe80::1]:81/a/../b", "http://[fe80::1]:81", "/a/../b"),
        ("https://h/a@b:c", "https://h", "/a@b:c"),
    ]

    @Test("a URL is taken apart", arguments: good)
    func parts(_ text: String, _ destination: String, _ target: String) throws {
        let url = try WebURL(text)
        #expect("\(url.destination)" == destination)
        #expect(url.target == target)
    }

    @Test("a destination has no path")
    func destination() throws {
        #expect(try WebDestination("https://h:1/").port == 1)
        #expect(throws: WebClientError.self) { try WebDestination("https://h/x") }
        #expect(try WebDestination(.http, host: "::1").description == "http://[::1]")
    }
}

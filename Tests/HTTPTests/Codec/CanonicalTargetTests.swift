import TestSupport
import Testing

@testable import HTTP

@Suite("the one canonical form of a target (RFC 3986 §5.2.4, §6.2.2)") struct CanonicalTargetTests {
    private func canonical(_ target: String) -> String? {
        ParsedRequest.parse("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").value?.head.target
    }

    static let forms: [(String, String)] = [
        // RFC 3986 §5.2.4 and the absolute results of §5.4.
        ("/a/b/c/./../../g", "/a/g"),
        ("/b/c/g", "/b/c/g"),
        ("/b/c/./g", "/b/c/g"),
        ("/b/c/g/", "/b/c/g/"),
        ("/b/c/.", "/b/c/"),
        ("/b/c/./", "/b/c/"),
        ("/b/c/..", "/b/"),
        ("/b/c/../", "/b/"),
        ("/b/c/../g", "/b/g"),
        ("/b/c/../..", "/"),
        ("/b/c/../../", "/"),
        ("/b/c/../../g", "/g"),
        ("/b/c/../../../g", "/g"),
        ("/b/c/../../../../g", "/g"),
        ("/./g", "/g"),
        ("/../g", "/g"),
        ("/b/c/g.", "/b/c/g."),
        ("/b/c/.g", "/b/c/.g"),
        ("/b/c/g..", "/b/c/g.."),
        ("/b/c/..g", "/b/c/..g"),
        ("/b/c/./../g", "/b/g"),
        ("/b/c/./g/.", "/b/c/g/"),
        ("/b/c/g/./h", "/b/c/g/h"),
        ("/b/c/g/../h", "/b/c/h"),
        ("/b/c/g;x=1/./y", "/b/c/g;x=1/y"),
        ("/b/c/g;x=1/../y", "/b/c/y"),
        ("/b/c/g?y/./x", "/b/c/g?y/./x"),
        ("/b/c/g?y/../x", "/b/c/g?y/../x"),
        // Dots in other places.
        ("/.", "/"),
        ("/..", "/"),
        ("/...", "/..."),
        ("/a/...", "/a/..."),
        ("/a/.../b", "/a/.../b"),
        ("/../..", "/"),
        ("/a/../../etc/passwd", "/etc/passwd"),
        ("/a./b", "/a./b"),
        ("/a../b", "/a../b"),
        ("/.?..", "/?.."),
        ("/a/..?/..", "/?/.."),
        // Empty segments are segments.
        ("//", "//"),
        ("//a", "//a"),
        ("/a//b", "/a//b"),
        ("/a//../b", "/a/b"),
        ("/..//a", "//a"),
        ("/a/..//", "//"),
        ("/a/.//b", "/a//b"),
        // RFC 3986 §6.2.2.1 and §6.2.2.2: percent-encoding.
        ("/%7Efoo", "/~foo"),
        ("/%7efoo", "/~foo"),
        ("/%41%42%43", "/ABC"),
        ("/a%c2%b1b", "/a%C2%B1b"),
        ("/%3a", "/%3A"),
        ("/%2D%2E%5F%7E%30%39%61%7A%41%5A", "/-._~09azAZ"),
        ("/%21%24%26%27%28%29%2A%2B%2C%3B%3D%40", "/%21%24%26%27%28%29%2A%2B%2C%3B%3D%40"),
        // Escaped dots are dots.
        ("/%2e%2e/etc", "/etc"),
        ("/%2E%2E/etc", "/etc"),
        ("/a/%2e./b", "/b"),
        ("/a/.%2e/b", "/b"),
        ("/a/%2e/b", "/a/b"),
        ("/a/%2e%2e", "/"),
        ("/%2e%2e%2e", "/..."),
        // Escaped slashes, backslashes, percent signs and question marks are data.
        ("/a%2fb", "/a%2Fb"),
        ("/a%2F..%2fb", "/a%2F..%2Fb"),
        ("/..%2f..%2fetc", "/..%2F..%2Fetc"),
        ("/%2e%2e%2fetc", "/..%2Fetc"),
        ("/a/..%5c..%5cb", "/a/..%5C..%5Cb"),
        ("/%252e%252e/a", "/%252e%252e/a"),
        ("/%25%32%65", "/%252e"),
        ("/a%3fb", "/a%3Fb"),
        ("/a%23b", "/a%23b"),
        ("/%0d%0a", "/%0D%0A"),
        // The query stays as it is.
        ("/?%7e%2e", "/?%7e%2e"),
        ("/%7e?%7e", "/~?%7e"),
        ("/a?/./", "/a?/./"),
    ]

    @Test("a path has one form", arguments: forms)
    func canonicalizes(target: String, form: String) {
        #expect(canonical(target) == form)
        #expect(canonical("http://b\(target)") == form)
    }

    @Test("the canonical form is its own canonical form", arguments: forms)
    func isFixedPoint(_: String, form: String) { #expect(canonical(form) == form) }

    @Test(
        "random paths: a fixed point, without dot segments, and the empty, dot and slash rules of §5.2.4",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func randomPaths(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let pieces = [
            "/", "/", ".", "..", "a", "b", "%2e", "%2F", "%41", "%7e", "%5C", "?", "//", "/./", "/../", ";",
            "%25",
        ]
        for _ in 0..<500 {
            let target = "/" + (0..<random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
            guard let form = canonical(target) else {
                Issue.record("seed \(seed): \(target) is refused")
                return
            }
            let path = form.prefix { $0 != "?" }
            let segments = path.split(separator: "/", omittingEmptySubsequences: false)
            #expect(canonical(form) == form, "seed \(seed): \(target)")
            #expect(
                !segments.contains(".") && !segments.contains(".."),
                "seed \(seed): \(target) became \(form)"
            )
            #expect(path == Self.removingDotSegments(target), "seed \(seed): \(target)")
        }
    }

    /// RFC 3986 §5.2.4 word for word, on a path whose unreserved escapes are decoded and whose others are in upper case.
    private static func removingDotSegments(_ target: String) -> String {
        var input = String(target.prefix { $0 != "?" }).replacing("%2e", with: ".").replacing(
            "%41",
            with: "A"
        )
        .replacing("%7e", with: "~")[...]
        var output = ""
        while !input.isEmpty {
            if input.hasPrefix("/./") {
                input.removeFirst(2)
            } else if input == "/." {
                input = "/"
            } else if input.hasPrefix("/../") || input == "/.." {
                input = input == "/.." ? "/" : input.dropFirst(3)
                output = output.lastIndex(of: "/").map { String(output[..<$0]) } ?? ""
            } else {
                let end = input.dropFirst().firstIndex(of: "/") ?? input.endIndex
                output += input[..<end]
                input = input[end...]
            }
        }
        return output
    }

    @Test("a target that our own code writes is percent-encoded")
    func encodes() {
        #expect(HTTPRequestHead(.get, "/a b?c=é\r\n\"<>#\\").target == "/a%20b?c=%C3%A9%0D%0A%22%3C%3E%23%5C")
        #expect(HTTPRequestHead(.get, "/%41?[x]|").target == "/%41?[x]|")
        #expect(HTTPRequestHead(.get, "/\0\u{7F}").target == "/%00%7F")
    }
}

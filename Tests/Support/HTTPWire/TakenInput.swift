/// What looks hostile and is taken, and in which form.
package enum TakenInput {
    /// Target as sent, and the one form in which it is handled (RFC 3986 §5.2.4, §6.2.2).
    package static let targets: [(String, String)] = [
        ("/a/../../etc/passwd", "/etc/passwd"),
        ("/%2e%2e/etc/passwd", "/etc/passwd"),
        ("/a/%2E%2e/b", "/b"),
        ("/a/.%2e/b", "/b"),
        ("/%2e", "/"),
        ("/.", "/"),
        ("/..", "/"),
        ("/./a", "/a"),
        ("/a/.", "/a/"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/...", "/..."),
        ("/a.b/.c", "/a.b/.c"),
        ("//", "//"),
        ("//a/..", "//"),
        ("/%2f", "/%2F"),
        ("/a%2fb", "/a%2Fb"),
        ("/a/..%2fb", "/a/..%2Fb"),
        ("/%2e%2e%2fetc", "/..%2Fetc"),
        ("/%5c..%5c", "/%5C..%5C"),
        ("/%252e%252e/", "/%252e%252e/"),
        ("/%41%7e%2d", "/A~-"),
        ("/%c3%a4", "/%C3%A4"),
        ("/a?b=/../c", "/a?b=/../c"),
        ("/a/../b?%2e", "/b?%2e"),
        ("/;/../a", "/a"),
        ("http://a", "/"),
        ("http://a/x/../y", "/y"),
        ("http://a?x", "/?x"),
        ("HTTP://a/%2e%2e/y", "/y"),
        ("https://a:443/", "/"),
    ]

    /// What stands at the edge and is still in order.
    package static let messages: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 99) + "\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y", count: 32 * 1024 - 32) + "\r\n\r\n",
        "GET /" + String(repeating: "x", count: 16 * 1024 - 1) + " HTTP/1.1\r\nHost: a\r\n\r\n",
        String(repeating: "M", count: 32) + " / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nhOsT:a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \t a \t\r\nX:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \u{e4}\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000000000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n1;e=\"f\"\r\nx\r\n0;z\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000001\r\nx\r\n00\r\nX: y\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;"
            + String(repeating: "e", count: 255) + "\r\nx\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nUpgrade: echo\r\n\r\n",
    ]
}

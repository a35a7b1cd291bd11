import Testing

@testable import HTTP

@Suite("what a request's head says of its content and connection") struct RequestFramingTests {
    static let framings: [(String, MessageFraming)] = [
        ("X: y", .none),
        ("Content-Length: 0", .none),
        ("Content-Length: 00", .none),
        ("Content-Length: 5", .length(5)),
        ("Content-Length:5", .length(5)),
        ("Content-Length: 5 ", .length(5)),
        ("content-LENGTH: 0000000000000000005", .length(5)),
        ("Content-Length: 9223372036854775807", .length(.max)),
        ("Transfer-Encoding: chunked", .chunked),
        ("TRANSFER-ENCODING:  CHUNKED\t", .chunked),
        ("Content-Lengths: 5", .none),
        ("X-Transfer-Encod: chunked", .none),
    ]

    @Test("framing is by Content-Length or chunked (RFC 9112 §6.3)", arguments: framings)
    func frames(line: String, framing: MessageFraming) throws {
        for method in ["GET", "POST", "HEAD", "DELETE"] {
            let request = "\(method) / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n"
            #expect(ParsedRequest.parse(request).value?.frame.framing == framing)
        }
    }

    /// Version, lines, whether the connection stays.
    static let persistence: [(String, String, Bool)] = [
        ("1.1", "X: y", true),
        ("1.1", "Connection: close", false),
        ("1.1", "connection: Close", false),
        ("1.1", "Connection: keep-alive, close", false),
        ("1.1", "Connection: keep-alive\r\nConnection: close", false),
        ("1.1", "Connection: a,\t close ,b", false),
        ("1.1", "Connection: ,,close", false),
        ("1.1", "Connection: closed", true),
        ("1.1", "Connection: \"close\"", true),
        ("1.1", "Proxy-Connection: close", true),
        ("1.0", "X: y", false),
        ("1.0", "Connection: keep-alive", true),
        ("1.0", "Connection: Keep-Alive", true),
        ("1.0", "Connection: keep-alive, close", false),
        ("1.0", "Keep-Alive: timeout=5", false),
        ("1.0", "Proxy-Connection: keep-alive", false),
    ]

    @Test("a connection stays by version and Connection (RFC 9112 §9.3)", arguments: persistence)
    func persists(version: String, line: String, stays: Bool) {
        let request = "GET / HTTP/\(version)\r\nHost: a\r\n\(line)\r\n\r\n"
        #expect(ParsedRequest.parse(request).value?.frame.keepsAlive == stays)
    }

    @Test("HTTP/1.0 needs no Host, and a wrong one is refused still")
    func takesOldWithoutHost() {
        #expect(ParsedRequest.parse("GET / HTTP/1.0\r\n\r\n").value?.head.version == .http10)
        #expect(ParsedRequest.parse("GET / HTTP/1.0\r\nHost: a@b\r\n\r\n").reason == .hostInvalid)
        #expect(ParsedRequest.parse("GET http://a/ HTTP/1.0\r\n\r\n").value?.head.fields[.host] == "a")
    }

    /// Version, lines, whether the client may get another protocol.
    static let upgrades: [(String, String, Bool)] = [
        // RFC 9110 §7.8.
        ("1.1", "Connection: upgrade\r\nUpgrade: websocket, IRC/6.9, RTA/x11", true),
        ("1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket", true),
        ("1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0", true),
        ("1.1", "Upgrade: websocket", false),
        ("1.1", "Connection: upgrade", false),
        ("1.1", "Connection: close, upgrade\r\nUpgrade: websocket", false),
        ("1.1", "Connection: upgrade\r\nUpgrade: websocket\r\nConnection: close", false),
        ("1.0", "Connection: upgrade\r\nUpgrade: websocket", false),
        ("1.0", "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5", false),
        ("1.1", "Connection: close, upgrade\r\nUpgrade: websocket\r\nContent-Length: 5", false),
    ]

    @Test("an upgrade counts when both fields ask for it (RFC 9110 §7.8)", arguments: upgrades)
    func allowsUpgrade(version: String, line: String, may: Bool) {
        let request = "GET / HTTP/\(version)\r\nHost: a\r\n\(line)\r\n\r\n"
        #expect(ParsedRequest.parse(request).value?.frame.mayUpgrade == may)
    }

    @Test("100-continue is expected in any case, and ignored in HTTP/1.0 (RFC 9110 §10.1.1)")
    func expects() {
        let fields = "Host: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n"
        func expects(_ request: String) -> Bool? { ParsedRequest.parse(request).value?.frame.expectsContinue }
        #expect(expects("PUT / HTTP/1.1\r\n\(fields)") == true)
        #expect(expects("PUT / HTTP/1.0\r\n\(fields)") == false)
        #expect(expects("PUT / HTTP/1.1\r\nHost: a\r\n\r\n") == false)
    }
}

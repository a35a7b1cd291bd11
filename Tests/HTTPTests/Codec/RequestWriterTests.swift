import Testing

@testable import HTTP

@Suite("requests that are written") struct RequestWriterTests {
    private func write(
        _ head: HTTPRequestHead,
        _ framing: MessageFraming = .none,
        host: String = "b:80"
    ) -> String {
        var bytes: [UInt8] = []
        MessageWriter.append(head, framing: framing, host: host, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "what is written is read back, and written the same again",
        arguments: [MessageFraming.none, .length(5), .length(.max), .chunked]
    )
    func roundTrips(framing: MessageFraming) throws {
        for method in HTTPMethod.known where method != .connect {
            let head = HTTPRequestHead(
                method,
                "/a%2Fb?c=d",
                fields: [.host: "a", "x-one": "1", "x-two": "", "x-one": "é, \t\""]
            )
            let text = write(head, framing)
            let read = try #require(ParsedRequest.parse(text).value)
            #expect(read.head.method == method)
            #expect(read.head.targetBytes == head.targetBytes)
            #expect(read.frame.framing == framing)
            #expect(read.end == text.utf8.count)
            for name in ["host", "x-one", "x-two"] as [HTTPFieldName] {
                #expect(read.head.fields.values(of: name) == head.fields.values(of: name))
            }
            #expect(write(read.head, read.frame.framing) == text)
        }
    }

    @Test("a parsed head is written as it was read, with values as wide as they came")
    func forwards() throws {
        let head = try #require(
            ParsedRequest.parse("GET http://c/x HTTP/1.1\r\nHOST: a\r\nX:1\r\nY: \t 2 \r\nZ:\r\n\r\n").value?
                .head
        )
        #expect(write(head) == "GET /x HTTP/1.1\r\nX: 1\r\nY: 2\r\nZ: \r\nhost: c\r\n\r\n")
    }

    @Test("fields keep their order, whatever their width and whichever of them are left out")
    func order() throws {
        let lines = ["A: 1", "B:2", "C: \t3 ", "Keep-Alive: x", "D: 4"]
        for first in lines.indices {
            for step in 1..<lines.count {
                let chosen = lines.indices.map { lines[(first + $0 * step) % lines.count] }
                let text = "GET / HTTP/1.1\r\nhost: a\r\n\(chosen.joined(separator: "\r\n"))\r\n\r\n"
                let head = try #require(ParsedRequest.parse(text).value?.head)
                let written = chosen.filter { !$0.hasPrefix("K") }
                    .map { "\($0.prefix(1)): \($0.filter(\.isNumber))\r\n" }
                #expect(write(head) == "GET / HTTP/1.1\r\nhost: a\r\n\(written.joined())\r\n")
            }
        }
    }

    @Test("Host is there once: the fields' own, else the connection's")
    func hosts() {
        #expect(write(HTTPRequestHead(.get, "/")) == "GET / HTTP/1.1\r\nHost: b:80\r\n\r\n")
        #expect(
            write(HTTPRequestHead(.get, "/", fields: [.host: "a"])) == "GET / HTTP/1.1\r\nhost: a\r\n\r\n"
        )
    }

    @Test("a method that means content says so when there is none (RFC 9110 §8.6)")
    func tellsNoContent() {
        for method in [.post, .put, .patch] as [HTTPMethod] {
            #expect(write(HTTPRequestHead(method, "/")).contains("Content-Length: 0\r\n"))
        }
        for method in [.get, .head, .delete, .options] as [HTTPMethod] {
            #expect(!write(HTTPRequestHead(method, "/")).contains("Content-Length"))
        }
    }

    static let framing: [HTTPFieldName] = [
        .contentLength, .transferEncoding, .connection, .keepAlive, .proxyConnection,
    ]

    @Test("fields that frame the message or manage the connection are left out", arguments: framing)
    func leavesOut(name: HTTPFieldName) {
        let head = HTTPRequestHead(.get, "/", fields: ["x": "1", name: "5", "y": "2"])
        #expect(write(head) == "GET / HTTP/1.1\r\nHost: b:80\r\nx: 1\r\ny: 2\r\n\r\n")
    }

    @Test("an upgrade is asked for with its Connection (RFC 9110 §7.8)")
    func upgrades() {
        let head = HTTPRequestHead(.get, "/", fields: [.upgrade: "websocket", .connection: "close"])
        #expect(
            write(head) == "GET / HTTP/1.1\r\nHost: b:80\r\nupgrade: websocket\r\nConnection: upgrade\r\n\r\n"
        )
        #expect(ParsedRequest.parse(write(head)).value?.frame.mayUpgrade == true)
    }

    static let targets: [(String, String)] = [
        ("/a b", "/a%20b"), ("/\r\nX: y\r\n\r\n", "/%0D%0AX:%20y%0D%0A%0D%0A"),
        ("/ HTTP/1.1\r\n", "/%20HTTP/1.1%0D%0A"), ("/\0#\\", "/%00%23%5C"),
        ("", "/"), ("?a", "/?a"),
    ]

    @Test("a target can't end its line or be empty, whichever way it was set", arguments: targets)
    func encodesTarget(target: String, onTheWire: String) {
        var head = HTTPRequestHead(.get, target)
        #expect(write(head).hasPrefix("GET \(onTheWire) HTTP/1.1\r\nHost"))
        head.targetBytes = Array(target.utf8)
        guard !target.isEmpty, !target.hasPrefix("?") else { return }
        #expect(write(head).hasPrefix("GET \(onTheWire) HTTP/1.1\r\nHost"))
    }
}

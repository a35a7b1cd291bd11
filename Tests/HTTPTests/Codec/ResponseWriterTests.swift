import Testing

@testable import HTTP

@Suite("answers that are written") struct ResponseWriterTests {
    private func frame(
        _ framing: MessageFraming,
        told: Int? = nil,
        closes: Bool = false
    ) -> MessageWriter.ResponseFrame {
        MessageWriter.ResponseFrame(
            framing: framing,
            toldLength: told,
            closes: closes,
            date: Array("Date: now\r\n".utf8)
        )
    }

    private func write(_ head: HTTPResponseHead, _ frame: MessageWriter.ResponseFrame) -> String {
        var bytes: [UInt8] = []
        MessageWriter.append(head, frame, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("426 says which protocols it asks for, and names the field in Connection (RFC 9110 §7.8, §15.5.22)")
    func asksUpgrade() {
        let fields: HTTPFields = ["upgrade": "websocket, echo", "connection": "upgrade"]
        let kept = write(HTTPResponseHead(426, fields: fields), frame(.length(0)))
        #expect(
            kept.contains("\r\nupgrade: websocket, echo\r\n") && kept.contains("\r\nConnection: upgrade\r\n")
        )
        let last = write(HTTPResponseHead(426, fields: fields), frame(.length(0), closes: true))
        #expect(last.contains("\r\nConnection: close, upgrade\r\n"))
        #expect(!write(HTTPResponseHead(426), frame(.length(0))).contains("Connection"))
        #expect(
            !write(HTTPResponseHead(.ok, fields: fields), frame(.length(0))).lowercased().contains("upgrade")
        )
    }

    @Test(
        "what is written is read back",
        arguments: [MessageFraming.none, .length(5), .length(.max), .chunked, .untilClose]
    )
    func roundTrips(framing: MessageFraming) throws {
        for code in [200, 201, 206, 301, 404, 418, 500, 599] {
            let status = try #require(HTTPStatus(code: code))
            let head = HTTPResponseHead(status, fields: ["x-one": "1", "x-two": "", "x-one": "é, \t\""])
            let text = write(head, frame(framing, closes: framing == .untilClose))
            let read = try #require(ParsedResponse.parse(text).value)
            #expect(read.head.status == status)
            #expect(read.framing == framing)
            #expect(read.keepsAlive == (framing != .untilClose))
            #expect(read.end == text.utf8.count)
            #expect(read.head.fields.values(of: "x-one") == head.fields.values(of: "x-one"))
            #expect(read.head.fields["x-two"] == "")
            #expect(text.hasPrefix("HTTP/1.1 \(code) \(status.phrase)\r\n"))
        }
    }

    /// Status, framing, told length, and the length's line.
    static let lengths: [(HTTPStatus, MessageFraming, Int?, String?)] = [
        // No content: a length of 0 says so, but for statuses that have none (RFC 9110 §8.6).
        (200, .none, nil, "0"),
        (404, .none, nil, "0"),
        (205, .none, nil, "0"),
        (204, .none, nil, nil),
        (304, .none, nil, nil),
        (101, .none, nil, nil),
        (103, .none, nil, nil),
        // HEAD and 304 tell what GET would have sent; 1xx and 204 never tell a length.
        (200, .none, 7, "7"),
        (200, .none, 0, "0"),
        (304, .none, 7, "7"),
        (204, .none, 7, nil),
        (103, .none, 7, nil),
        (200, .none, -1, "0"),
        (304, .none, -1, nil),
        (200, .length(12), nil, "12"),
        (200, .length(.max), nil, "9223372036854775807"),
        (200, .chunked, nil, nil),
        (200, .untilClose, nil, nil),
    ]

    @Test("a length is told where it may be", arguments: lengths)
    func tellsLength(status: HTTPStatus, framing: MessageFraming, told: Int?, length: String?) throws {
        let text = write(HTTPResponseHead(status), frame(framing, told: told))
        let read = try #require(ParsedResponse.parse(text, answersHead: told != nil).value)
        #expect(read.head.fields[.contentLength] == length)
        #expect(read.head.fields.contains(.transferEncoding) == (framing == .chunked))
    }

    @Test(
        "fields that frame the message or manage the connection are left out",
        arguments: RequestWriterTests.framing + [.upgrade]
    )
    func leavesOut(name: HTTPFieldName) {
        let head = HTTPResponseHead(.noContent, fields: ["x": "1", name: "5", "y": "2"])
        #expect(write(head, frame(.none)) == "HTTP/1.1 204 No Content\r\nx: 1\r\ny: 2\r\nDate: now\r\n\r\n")
    }

    @Test("Date is there once: the handler's own, else the server's (RFC 9110 §6.6.1)")
    func dates() {
        let own = HTTPResponseHead(.noContent, fields: [.date: "then"])
        #expect(write(own, frame(.none)) == "HTTP/1.1 204 No Content\r\ndate: then\r\n\r\n")
    }

    @Test("Connection says what becomes of the connection")
    func connection() {
        var keeping = frame(.none)
        keeping.confirmsKeepAlive = true
        #expect(
            write(HTTPResponseHead(.noContent), frame(.none, closes: true)).hasSuffix(
                "\r\nConnection: close\r\n\r\n"
            )
        )
        #expect(write(HTTPResponseHead(.noContent), keeping).hasSuffix("\r\nConnection: keep-alive\r\n\r\n"))
        let switching = HTTPResponseHead(.switchingProtocols, fields: [.upgrade: "x"])
        #expect(
            write(switching, frame(.none)).hasSuffix("upgrade: x\r\nDate: now\r\nConnection: upgrade\r\n\r\n")
        )
    }

    @Test("the interim answer is one")
    func interim() {
        var bytes: [UInt8] = []
        MessageWriter.appendContinue(to: &bytes)
        #expect(ParsedResponse.parse(bytes).value?.head == HTTPResponseHead(.continue))
    }
}

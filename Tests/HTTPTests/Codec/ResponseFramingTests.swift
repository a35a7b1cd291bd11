import Testing

@testable import HTTP

@Suite("how an answer's content is delimited (RFC 9112 §6.3)") struct ResponseFramingTests {
    /// Status line and fields, framing for an answer to GET, whether the connection stays.
    static let answers: [(String, MessageFraming, Bool)] = [
        // 1: no content, whatever the fields say.
        ("1.1 100 Continue", .none, true),
        ("1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade", .none, true),
        ("1.1 103 Early Hints\r\nLink: </a>", .none, true),
        ("1.1 204 No Content", .none, true),
        ("1.1 304 Not Modified", .none, true),
        ("1.1 304 Not Modified\r\nContent-Length: 5", .none, true),
        ("1.1 304 Not Modified\r\nTransfer-Encoding: chunked", .none, true),
        // 4: chunked.
        ("1.1 200 OK\r\nTransfer-Encoding: chunked", .chunked, true),
        ("1.1 404 Not Found\r\ntransfer-encoding: Chunked", .chunked, true),
        ("1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close", .chunked, false),
        // 6: a length.
        ("1.1 200 OK\r\nContent-Length: 5", .length(5), true),
        ("1.1 200 OK\r\nContent-Length:      5 ", .length(5), true),
        ("1.1 200 OK\r\nContent-Length: 0", .none, true),
        ("1.1 205 Reset Content\r\nContent-Length: 0", .none, true),
        ("1.1 500 Internal Server Error\r\nContent-Length: 9223372036854775807", .length(.max), true),
        ("1.1 200 OK\r\nContent-Length: 5\r\nConnection: close", .length(5), false),
        ("1.0 200 OK\r\nContent-Length: 5", .length(5), false),
        ("1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive", .length(5), true),
        // 8: until the connection ends.
        ("1.1 200 OK", .untilClose, false),
        ("1.1 200 OK\r\nConnection: keep-alive", .untilClose, false),
        ("1.0 200 OK", .untilClose, false),
        ("1.0 200 OK\r\nConnection: keep-alive", .untilClose, false),
    ]

    @Test("by status and fields, and without content to HEAD", arguments: answers)
    func frames(head: String, framing: MessageFraming, stays: Bool) throws {
        let answer = try #require(ParsedResponse.parse("HTTP/\(head)\r\n\r\n").value)
        #expect(answer.framing == framing)
        #expect(answer.keepsAlive == stays)
        let headAnswer = try #require(ParsedResponse.parse("HTTP/\(head)\r\n\r\n", answersHead: true).value)
        #expect(headAnswer.framing == .none)
        #expect(headAnswer.head == answer.head)
    }

    @Test("the phrase may be missing, empty, or hold anything visible (RFC 9112 §4)")
    func ignoresPhrase() {
        for line in [
            "HTTP/1.1 200 OK", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 200 a\tlong é phrase: 404",
        ] {
            let answer = ParsedResponse.parse("\(line)\r\nContent-Length: 5\r\n\r\nhello").value
            #expect(answer?.head.status == .ok)
            #expect(answer?.framing == .length(5))
            #expect(answer?.end == line.utf8.count + "\r\nContent-Length: 5\r\n\r\n".utf8.count)
        }
    }

    @Test("every code from 100 to 599 is taken")
    func takesCodes() {
        for code in 100...599 {
            #expect(
                ParsedResponse.parse("HTTP/1.1 \(code) x\r\n\r\n").value?.head.status.code == UInt16(code)
            )
        }
    }

    @Test("an interim answer, then the final one, on the same parser (RFC 9110 §15.2)")
    func readsInterim() throws {
        let interim = "HTTP/1.1 100 Continue\r\nX: interim\r\n\r\n"
        let final = "HTTP/1.0 201 Created\r\nContent-Length: 2\r\n\r\n"
        let bytes = Array((interim + final + "ok").utf8)
        var parser = ResponseParser(limits: HTTPLimits())
        #expect(try parser.parse(bytes.span) == interim.utf8.count)
        #expect(parser.head.status.isInformational)
        parser.reset(answersHead: false)
        #expect(try parser.parse(bytes.span.extracting(interim.utf8.count...)) == final.utf8.count)
        #expect(parser.head == ParsedResponse.parse(final).value?.head)
        #expect(parser.frame.framing == .length(2))
        #expect(!parser.frame.keepsAlive)
        #expect(parser.head.version == .http10)
        #expect(!parser.head.fields.contains("x"))
    }

    @Test("Host and Expect mean nothing in an answer")
    func ignoresRequestFields() {
        let text = "HTTP/1.1 200 OK\r\nHost: a@b\r\nHost: c\r\nExpect: x\r\nContent-Length: 1\r\n\r\n"
        #expect(ParsedResponse.parse(text).value?.framing == .length(1))
    }
}

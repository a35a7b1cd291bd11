import Testing

@testable import HTTP

@Suite("limits: what is at one is taken, one more is refused") struct LimitTests {
    private func filler(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// A request whose head is `count` bytes, by the length of one field.
    private func request(headOf count: Int) -> String {
        let (start, end) = ("GET / HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n")
        return start + filler(count - start.utf8.count - end.utf8.count) + end
    }

    @Test("the head is at most 32 KiB, in a request and in an answer")
    func head() {
        let limit = 32 * 1024
        #expect(ParsedRequest.parse(request(headOf: limit)).value?.end == limit)
        #expect(
            ParsedRequest.parse(request(headOf: limit + 1)).error
                == HTTPProtocolError(.fieldsTooLarge, at: limit)
        )
        #expect(HTTPRefusal.fieldsTooLarge.status == 431)
        let (start, end) = ("HTTP/1.1 200 OK\r\nX: ", "\r\n\r\n")
        let rest = limit - start.utf8.count - end.utf8.count
        #expect(ParsedResponse.parse(start + filler(rest) + end).value?.end == limit)
        #expect(ParsedResponse.parse(start + filler(rest + 1) + end).reason == .fieldsTooLarge)
    }

    @Test("a head that has reached the limit without its end is refused before more comes")
    func headWithoutEnd() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\n"
        let rest = 32 * 1024 - start.utf8.count
        for line in ["X: ", "", "X: y\r\nY:"] {
            let text = start + line + filler(rest - line.utf8.count)
            #expect(ParsedRequest.parse(text).reason == .fieldsTooLarge)
            #expect(ParsedRequest.parse(String(text.dropLast())) == .incomplete)
        }
        let answer = "HTTP/1.1 200 "
        #expect(
            ParsedResponse.parse(answer + filler(32 * 1024 - answer.utf8.count)).reason == .fieldsTooLarge
        )
        #expect(ParsedResponse.parse(answer + filler(32 * 1024 - answer.utf8.count - 1)) == .incomplete)
    }

    @Test("bytes behind a head at the limit are not counted")
    func headAndMore() {
        let text = request(headOf: 32 * 1024) + filler(50_000)
        #expect(ParsedRequest.parse(text).value?.end == 32 * 1024)
    }

    @Test("the target is at most 16 KiB")
    func target() {
        let path = "/" + filler(16 * 1024 - 1)
        #expect(ParsedRequest.parse("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").value?.head.path == path)
        let verdict = ParsedRequest.parse("GET \(path)x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(verdict.error == HTTPProtocolError(.targetTooLong, at: 4 + 16 * 1024))
        #expect(HTTPRefusal.targetTooLong.status == 414)
        #expect(ParsedRequest.parse("GET \(path)") == .incomplete)
        #expect(ParsedRequest.parse("GET \(path)x").reason == .targetTooLong)
    }

    @Test("there are at most 100 fields, in a request, an answer and trailers")
    func fieldCount() {
        let lines = String(repeating: "X: y\r\n", count: 99)
        let start = "GET / HTTP/1.1\r\nHost: a\r\n\(lines)"
        #expect(ParsedRequest.parse(start + "\r\n").value?.head.fields.count == 100)
        #expect(
            ParsedRequest.parse(start + "X: y\r\n\r\n").error
                == HTTPProtocolError(.fieldsTooMany, at: start.utf8.count)
        )
        #expect(HTTPRefusal.fieldsTooMany.status == 431)
        let answer = "HTTP/1.1 200 OK\r\nX: y\r\n\(lines)"
        #expect(ParsedResponse.parse(answer + "\r\n").value?.head.fields.count == 100)
        #expect(ParsedResponse.parse(answer + "X: y\r\n\r\n").reason == .fieldsTooMany)
        let trailers = "0\r\nX: y\r\n\(lines)"
        #expect(DecodedChunks.decode(trailers + "\r\n").value?.trailers.count == 100)
        #expect(DecodedChunks.decode(trailers + "X: y\r\n\r\n").reason == .fieldsTooMany)
    }

    @Test("a method is at most 32 bytes")
    func method() {
        let name = String(repeating: "M", count: 32)
        #expect(ParsedRequest.parse("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n").value?.head.method.name == name)
        #expect(ParsedRequest.parse("\(name)M / HTTP/1.1\r\nHost: a\r\n\r\n").reason == .methodTooLong)
        #expect(ParsedRequest.parse(name) == .incomplete)
        #expect(ParsedRequest.parse(name + "M").error == HTTPProtocolError(.methodTooLong, at: 0))
    }

    @Test("a Content-Length has at most 19 digits and fits into 63 bits")
    func contentLength() {
        func framing(_ digits: String) -> MessageFraming? {
            ParsedRequest.parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(digits)\r\n\r\n").value?
                .frame.framing
        }
        #expect(framing("9223372036854775807") == .length(.max))
        #expect(framing("9223372036854775808") == nil)
        #expect(framing("0000000000000000001") == .length(1))
        #expect(framing("00000000000000000001") == nil)
    }

    @Test("the limits are those of the settings")
    func custom() {
        var limits = HTTPLimits()
        limits.headByteCount = 64
        limits.targetByteCount = 8
        limits.fieldCount = 2
        func reason(_ text: String) -> HTTPRefusal? {
            ParsedRequest.parse(Array(text.utf8), limits: limits).reason
        }
        #expect(reason("GET /1234567 HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n") == nil)
        #expect(reason("GET /12345678 HTTP/1.1\r\nHost: a\r\n\r\n") == .targetTooLong)
        #expect(reason("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nX: y\r\n\r\n") == .fieldsTooMany)
        #expect(reason("GET / HTTP/1.1\r\nHost: a\r\nX: \(filler(40))\r\n\r\n") == .fieldsTooLarge)
    }
}

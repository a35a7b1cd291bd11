import HTTP
import Testing

@testable import WebClient

@Suite("an answer's head from libcurl's lines") struct AnswerHeadTests {
    private func head(
        _ lines: String...,
        limits: HTTPLimits = HTTPLimits()
    ) throws(WebClientError) -> AnswerHead {
        var head = AnswerHead(limits: limits)
        for line in lines { _ = try head.take(Array("\(line)\r\n".utf8)) }
        return head
    }

    @Test("status, fields, length")
    func fields() throws {
        let head = try head("HTTP/2 201 ", "content-length:  5 ", "x-a: b c", "x-e:", "")
        #expect(head.isWhole && head.status == .created && head.contentLength == 5)
        #expect(head.fields["x-a"] == "b c" && head.fields["x-e"] == "")
    }

    @Test("an interim answer and a redirect are begun anew")
    func again() throws {
        let interim = try head("HTTP/1.1 103 E", "a: b", "", "HTTP/1.1 200 OK", "")
        #expect(interim.isWhole && interim.fields.isEmpty && interim.status == .ok)
        let redirect = try head("HTTP/1.1 302 F", "location: /x", "")
        #expect(redirect.isRedirect)
    }

    @Test("what follows a head that was handed on are trailers")
    func trailers() throws {
        var head = try head("HTTP/1.1 200 OK", "")
        head.isHandedOn = true
        _ = try head.take(Array("x-sum: 5\r\n".utf8))
        #expect(head.trailers["x-sum"] == "5" && head.fields.isEmpty)
    }

    static let refused: [([String], WebClientError)] = [
        (["HTTP/1.1 2x0 OK"], .invalidAnswer("the status is not three digits")),
        (["HTTP/1.1 600 OK"], .invalidAnswer("the status is not three digits")),
        (["HTTP/1.1"], .invalidAnswer("the status is not three digits")),
        (["HTTP/1.1 101 S"], .invalidAnswer("101, which nobody asked for")),
        (["HTTP/1.1 200 OK", " a: b"], .invalidAnswer("a field without a proper name")),
        (["HTTP/1.1 200 OK", "a b: c"], .invalidAnswer("a field without a proper name")),
        (["HTTP/1.1 200 OK", "abc"], .invalidAnswer("a field without a proper name")),
        (["HTTP/1.1 200 OK", ": c"], .invalidAnswer("a field without a proper name")),
        (
            ["HTTP/1.1 200 OK", "content-length: 1", "transfer-encoding: chunked", ""],
            .invalidAnswer("both Content-Length and Transfer-Encoding")
        ),
        (["HTTP/1.1 200 OK", "content-length: +1", ""], .invalidAnswer("Content-Length is not one number")),
        (
            ["HTTP/1.1 200 OK", "content-length: 1", "content-length: 1", ""],
            .invalidAnswer("Content-Length is not one number")
        ),
        (
            ["HTTP/1.1 200 OK", "transfer-encoding: gzip, chunked", ""],
            .invalidAnswer("a Transfer-Encoding other than chunked")
        ),
    ]

    @Test("what libcurl would take, and we don't", arguments: refused)
    func refuses(_ lines: [String], _ error: WebClientError) {
        #expect(throws: error) {
            var head = AnswerHead(limits: HTTPLimits())
            for line in lines { _ = try head.take(Array("\(line)\r\n".utf8)) }
        }
    }

    @Test("bytes, fields and interim answers have limits")
    func limits() throws {
        var limits = HTTPLimits()
        (limits.headByteCount, limits.fieldCount) = (100, 2)
        #expect(throws: WebClientError.headTooLarge) {
            try head("HTTP/1.1 200 OK", "a: " + String(repeating: "x", count: 90), limits: limits)
        }
        #expect(throws: WebClientError.headTooLarge) {
            try head("HTTP/1.1 200 OK", "a: b", "a: b", "a: b", limits: limits)
        }
        var flooded = AnswerHead(limits: HTTPLimits())
        for _ in 0..<8 { _ = try flooded.take(Array("HTTP/1.1 103 E\r\n".utf8)) }
        #expect(throws: WebClientError.invalidAnswer("more than 8 interim answers")) {
            try flooded.take(Array("HTTP/1.1 103 E\r\n".utf8))
        }
    }
}

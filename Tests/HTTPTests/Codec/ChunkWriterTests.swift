import Testing

@testable import HTTP

@Suite("chunks that are written") struct ChunkWriterTests {
    @Test(
        "what is written is read back",
        arguments: [[], [1], [15, 16, 17], [255, 256, 4095, 4096, 65_535, 65_536], [0, 3, 0]]
    )
    func roundTrips(sizes: [Int]) throws {
        var (whole, wire): ([UInt8], [UInt8]) = ([], [])
        for (number, size) in sizes.enumerated() {
            let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
            whole += piece
            MessageWriter.appendChunk(piece, to: &wire)
        }
        #expect(DecodedChunks.decode(wire) == .incomplete, "an empty piece must not end the content")
        MessageWriter.appendEnd(trailers: ["x-sum": "1", "e": ""], to: &wire)
        let read = try #require(DecodedChunks.decode(wire).value)
        #expect(read == DecodedChunks(content: whole, trailers: ["x-sum": "1", "e": ""], end: wire.count))
    }

    @Test("trailers that frame are left out")
    func leavesOut() {
        var wire: [UInt8] = []
        let trailers: HTTPFields = [
            .contentLength: "5", "x": "1", .transferEncoding: "chunked", .connection: "close", .upgrade: "y",
        ]
        MessageWriter.appendEnd(trailers: trailers, to: &wire)
        #expect(String(decoding: wire, as: UTF8.self) == "0\r\nx: 1\r\n\r\n")
    }
}

@Suite("no value ends its line (RFC 9110 §5.5)") struct SplittingTests {
    static let values = [
        "a\r\nSet-Cookie: b", "a\nX: b", "a\rX: b", "a\r\n\r\n<html>", "\r\n", "a\0b", "a\u{B}b", "a\u{7F}b",
        "\u{1}\u{1F}", "a\u{85}b", "a\u{2028}b",
    ]

    @Test("in an answer, a request, and trailers, whichever way it was added", arguments: values)
    func staysInLine(value: String) throws {
        let expected = String(
            decoding: value.utf8.map { ByteClass.isFieldValue($0) ? $0 : 0x20 },
            as: UTF8.self
        )
        let inside = expected.trimmed
        var appended = HTTPFields()
        appended.append("x", value)
        var raw = HTTPFields()
        raw.append("x", bytes: Array(value.utf8))
        var set: HTTPFields = ["x": "before"]
        set.set("x", value)
        var copied = HTTPFields()
        copied.append((name: Array("x".utf8)[...], value: Array(value.utf8)[...]))
        for fields in [appended, raw, set, copied, ["x": value]] {
            #expect(fields["x"] == expected)
            var wire: [UInt8] = []
            let frame = MessageWriter.ResponseFrame(framing: .none, date: [])
            MessageWriter.append(HTTPResponseHead(.ok, fields: fields), frame, to: &wire)
            let answer = try #require(ParsedResponse.parse(wire).value)
            #expect(answer.end == wire.count)
            #expect(answer.head.fields == ["x": inside, .contentLength: "0"])
            wire = []
            MessageWriter.append(
                HTTPRequestHead(.get, "/", fields: fields),
                framing: .none,
                host: "a",
                to: &wire
            )
            #expect(ParsedRequest.parse(wire).value?.head.fields == [.host: "a", "x": inside])
            wire = []
            MessageWriter.appendEnd(trailers: fields, to: &wire)
            #expect(DecodedChunks.decode(wire).value?.trailers == ["x": inside])
        }
    }

    @Test(
        "a name that is no token is left out when fields are copied",
        arguments: ["", "a b", "a:", "a\r\nb", "é", "a\0"]
    )
    func leavesOutName(name: String) {
        var fields = HTTPFields()
        fields.append((name: Array(name.utf8)[...], value: Array("v".utf8)[...]))
        #expect(fields.isEmpty)
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let rest = drop(while: isBlank)
        return String(rest.reversed().drop(while: isBlank).reversed())
    }
}

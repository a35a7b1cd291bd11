import Testing

@testable import HTTP

@Suite("how the bytes are cut into pieces changes nothing") struct SplitTests {
    /// Whether `parse` gives the same for every cut into two pieces and byte by byte as for the whole.
    private func check<Value>(_ bytes: [UInt8], _ parse: ([UInt8], [Int]) -> Verdict<Value>) {
        let whole = parse(bytes, [])
        for cut in 0...bytes.count {
            let cutVerdict = parse(bytes, [cut])
            guard cutVerdict != whole else { continue }
            Issue.record(
                "cut at \(cut): \(cutVerdict), whole: \(whole), of \(String(decoding: bytes, as: UTF8.self))"
            )
            return
        }
        #expect(
            parse(bytes, Array(0...bytes.count)) == whole,
            "byte by byte: \(String(decoding: bytes, as: UTF8.self))"
        )
    }

    @Test("requests")
    func requests() { for bytes in Corpus.requests { check(bytes) { ParsedRequest.parse($0, cuts: $1) } } }

    @Test("answers", arguments: [false, true])
    func responses(toHead: Bool) {
        for bytes in Corpus.responses {
            check(bytes) { ParsedResponse.parse($0, cuts: $1, answersHead: toHead) }
        }
    }

    @Test("chunked contents")
    func contents() { for bytes in Corpus.contents { check(bytes) { DecodedChunks.decode($0, cuts: $1) } } }

    @Test("messages at their limits")
    func limits() {
        var limits = HTTPLimits()
        limits.headByteCount = 80
        limits.targetByteCount = 12
        limits.fieldCount = 3
        limits.chunkExtensionByteCount = 8
        for size in 0..<60 {
            let filler = String(repeating: "x", count: size)
            let requests = [
                "GET /\(filler) HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: \(filler)\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\(filler): x\r\n\r\n",
                "\(filler) / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "A:\r\n", count: size))\r\n",
            ]
            for text in requests {
                check(Array(text.utf8)) { ParsedRequest.parse($0, cuts: $1, limits: limits) }
            }
            let responses = [
                "HTTP/1.1 200 \(filler)\(filler)\r\n\r\n", "HTTP/1.1 200 OK\r\nX: \(filler)\(filler)\r\n\r\n",
            ]
            for text in responses {
                check(Array(text.utf8)) { ParsedResponse.parse($0, cuts: $1, limits: limits) }
            }
            let contents = ["1;\(filler)\r\na\r\n0\r\n\r\n", "0\r\nX: \(filler)\(filler)\r\n\r\n"]
            for text in contents {
                check(Array(text.utf8)) { DecodedChunks.decode($0, cuts: $1, limits: limits) }
            }
        }
    }

    @Test("chunked contents whose used pieces are gone")
    func forgottenPieces() {
        for bytes in Corpus.contents {
            guard let whole = DecodedChunks.decode(bytes).value else { continue }
            var decoder = ChunkedDecoder(limits: HTTPLimits())
            var content: [UInt8] = []
            for byte in bytes[..<whole.end] {
                var position = 0
                while let step = try? decoder.next([byte].span, from: &position), case .data(let range) = step
                {
                    content += [byte][range]
                }
                #expect(position == 1)
            }
            #expect(content == whole.content)
            #expect(decoder.trailers == whole.trailers)
        }
    }
}

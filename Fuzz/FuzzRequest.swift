/// Parses the input as a request, and as chunked content, whole and in two pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // The cut is taken from the input, so that it belongs to what is minimized and replayed.
    let cut = count == 0 ? 0 : (Int(bytes[count - 1]) << 8 | Int(bytes[count / 2])) % (count + 1)
    let whole = RequestOutcome(bytes, cuts: [count])
    precondition(
        RequestOutcome(bytes, cuts: [cut, count]) == whole,
        "cut at \(cut), a request is read otherwise"
    )
    precondition(
        ChunkOutcome(bytes, cuts: [cut, count]) == ChunkOutcome(bytes, cuts: [count]),
        "so are chunks"
    )
    if whole.end != nil { whole.checkCanonical() }
    return 0
}

/// What the parser tells of a request.
struct RequestOutcome: Equatable {
    var head: HTTPRequestHead?
    var framing = MessageFraming.none
    var flags: [Bool] = []
    var end: Int?
    var error: HTTPProtocolError?

    init(_ bytes: [UInt8], cuts: [Int]) {
        var parser = RequestParser(limits: HTTPLimits())
        do throws(HTTPProtocolError) {
            for cut in cuts {
                end = try parser.parse(bytes.span.extracting(first: cut))
                if end != nil { break }
            }
        } catch {
            self.error = error
        }
        guard let end else { return }
        precondition(end <= bytes.count, "a head ends behind its bytes")
        head = parser.head
        framing = parser.frame.framing
        flags = [parser.frame.keepsAlive, parser.frame.expectsContinue, parser.frame.mayUpgrade]
    }

    /// An accepted target is in its one canonical form: read again, it stays as it is.
    func checkCanonical() {
        guard let head, head.method != .connect else { return }
        let start = Array("\(head.method) ".utf8) + head.targetBytes
        let again = RequestOutcome(
            start + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8),
            cuts: [start.count + 22]
        )
        precondition(
            again.head?.targetBytes == head.targetBytes,
            "the canonical target has another canonical form"
        )
    }
}

/// What the decoder tells of chunked content.
struct ChunkOutcome: Equatable {
    var content: [UInt8] = []
    var trailers: HTTPFields?
    var end: Int?
    var error: HTTPProtocolError?

    init(_ bytes: [UInt8], cuts: [Int]) {
        var decoder = ChunkedDecoder(limits: HTTPLimits())
        var position = 0
        do throws(HTTPProtocolError) {
            for cut in cuts where end == nil {
                reading: while true {
                    switch try decoder.next(bytes.span.extracting(first: cut), from: &position) {
                    case .data(let range): content.append(contentsOf: bytes[range])
                    case .needsMore: break reading
                    case .end:
                        end = position
                        trailers = decoder.trailers
                        break reading
                    }
                }
            }
        } catch {
            self.error = error
        }
        precondition(position <= bytes.count && content.count <= position, "more data than bytes")
    }
}

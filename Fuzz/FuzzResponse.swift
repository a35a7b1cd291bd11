/// Parses the input as an answer, to GET and to HEAD, and its content, whole and in two pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResponse(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // The cut is taken from the input, so that it belongs to what is minimized and replayed.
    let cut = count == 0 ? 0 : (Int(bytes[count - 1]) << 8 | Int(bytes[count / 2])) % (count + 1)
    for answersHead in [false, true] {
        let whole = ResponseOutcome(bytes, cuts: [count], answersHead: answersHead)
        let other = ResponseOutcome(bytes, cuts: [cut, count], answersHead: answersHead)
        precondition(other == whole, "cut at \(cut), an answer is read otherwise")
        guard let end = whole.end else { continue }
        precondition(!answersHead || whole.framing == .none, "an answer to HEAD has content")
        if whole.framing == .chunked { checkChunks(Array(bytes[end...]), cut: cut) }
    }
    return 0
}

/// What the parser tells of an answer.
struct ResponseOutcome: Equatable {
    var head: HTTPResponseHead?
    var framing = MessageFraming.none
    var keepsAlive = false
    var end: Int?
    var error: HTTPProtocolError?

    init(_ bytes: [UInt8], cuts: [Int], answersHead: Bool) {
        var parser = ResponseParser(limits: HTTPLimits(), answersHead: answersHead)
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
        keepsAlive = parser.frame.keepsAlive
    }
}

/// Checks that decoded chunks, written again, are decoded to the same; and that a cut changes nothing.
private func checkChunks(_ bytes: [UInt8], cut: Int) {
    let whole = decode(bytes, cuts: [bytes.count])
    precondition(
        decode(bytes, cuts: [min(cut, bytes.count), bytes.count]) == whole,
        "cut, chunks are read otherwise"
    )
    guard let (content, trailers) = whole.value else { return }
    var wire: [UInt8] = []
    MessageWriter.appendChunk(content, to: &wire)
    MessageWriter.appendEnd(trailers: trailers, to: &wire)
    // Written anew, a field may need one byte more than it came with, and so be over the limit.
    let again = decode(wire, cuts: [wire.count])
    precondition(
        again.value.map { $0 == (content, trailers) } ?? (again.error?.reason == .fieldsTooLarge),
        "not read back"
    )
}

/// What the decoder tells of chunked content.
private struct Decoded: Equatable {
    var content: [UInt8] = []
    var trailers: HTTPFields?
    var error: HTTPProtocolError?

    /// The content and its trailers; nil when they are not whole.
    var value: (content: [UInt8], trailers: HTTPFields)? { trailers.map { (content, $0) } }
}

private func decode(_ bytes: [UInt8], cuts: [Int]) -> Decoded {
    var decoder = ChunkedDecoder(limits: HTTPLimits())
    var decoded = Decoded()
    var position = 0
    do throws(HTTPProtocolError) {
        for cut in cuts {
            reading: while true {
                switch try decoder.next(bytes.span.extracting(first: cut), from: &position) {
                case .data(let range): decoded.content.append(contentsOf: bytes[range])
                case .needsMore: break reading
                case .end:
                    decoded.trailers = decoder.trailers
                    return decoded
                }
            }
        }
    } catch {
        decoded.error = error
    }
    return decoded
}

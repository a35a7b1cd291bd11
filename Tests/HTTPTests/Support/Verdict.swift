@testable import HTTP

/// What a parser makes of bytes: all that its caller can see.
enum Verdict<Value: Equatable & Sendable>: Equatable, Sendable {
    case accepted(Value)
    case refused(HTTPProtocolError)
    /// More bytes are needed.
    case incomplete

    /// The value; nil when the bytes were refused or are incomplete.
    var value: Value? { if case .accepted(let value) = self { value } else { nil } }
    /// Why the bytes were refused; nil when they were not.
    var reason: HTTPRefusal? { error?.reason }
    /// Why and where the bytes were refused; nil when they were not.
    var error: HTTPProtocolError? { if case .refused(let error) = self { error } else { nil } }
}

/// What ``RequestParser`` tells of a request.
struct ParsedRequest: Equatable, Sendable {
    var head: HTTPRequestHead
    var frame: RequestParser.Frame
    var end: Int

    /// Parses a request that arrives in pieces, each ending at one of `cuts`, the last at the end of the bytes.
    static func parse(
        _ bytes: [UInt8],
        cuts: [Int] = [],
        limits: HTTPLimits = HTTPLimits()
    ) -> Verdict<ParsedRequest> {
        var parser = RequestParser(limits: limits)
        do throws(HTTPProtocolError) {
            for cut in cuts + [bytes.count] {
                guard let end = try parser.parse(bytes.span.extracting(first: cut)) else { continue }
                let request = ParsedRequest(
                    head: parser.head,
                    frame: parser.frame,
                    end: end
                )
                return .accepted(request)
            }
        } catch {
            return .refused(error)
        }
        return .incomplete
    }

    static func parse(_ text: String) -> Verdict<ParsedRequest> { parse(Array(text.utf8)) }
}

/// What ``ResponseParser`` tells of an answer.
struct ParsedResponse: Equatable, Sendable {
    var head: HTTPResponseHead
    var framing: MessageFraming
    var keepsAlive: Bool
    var end: Int

    /// Parses an answer that arrives in pieces, each ending at one of `cuts`, the last at the end of the bytes.
    static func parse(
        _ bytes: [UInt8],
        cuts: [Int] = [],
        answersHead: Bool = false,
        limits: HTTPLimits = HTTPLimits()
    ) -> Verdict<ParsedResponse> {
        var parser = ResponseParser(limits: limits, answersHead: answersHead)
        do throws(HTTPProtocolError) {
            for cut in cuts + [bytes.count] {
                guard let end = try parser.parse(bytes.span.extracting(first: cut)) else { continue }
                let response = ParsedResponse(
                    head: parser.head,
                    framing: parser.frame.framing,
                    keepsAlive: parser.frame.keepsAlive,
                    end: end
                )
                return .accepted(response)
            }
        } catch {
            return .refused(error)
        }
        return .incomplete
    }

    static func parse(_ text: String, answersHead: Bool = false) -> Verdict<ParsedResponse> {
        parse(Array(text.utf8), answersHead: answersHead)
    }
}

/// What ``ChunkedDecoder`` makes of a content.
struct DecodedChunks: Equatable, Sendable {
    var content: [UInt8]
    var trailers: HTTPFields
    var end: Int

    var text: String { String(decoding: content, as: UTF8.self) }

    /// Decodes a content that arrives in pieces, each ending at one of `cuts`, the last at the end of the bytes.
    static func decode(
        _ bytes: [UInt8],
        cuts: [Int] = [],
        limits: HTTPLimits = HTTPLimits()
    ) -> Verdict<DecodedChunks> {
        var decoder = ChunkedDecoder(limits: limits)
        var content: [UInt8] = []
        var position = 0
        do throws(HTTPProtocolError) {
            for cut in cuts + [bytes.count] {
                let piece = bytes.span.extracting(first: cut)
                reading: while true {
                    switch try decoder.next(piece, from: &position) {
                    case .data(let range): content.append(contentsOf: bytes[range])
                    case .needsMore: break reading
                    case .end:
                        let chunks = DecodedChunks(
                            content: content,
                            trailers: decoder.trailers,
                            end: position
                        )
                        return .accepted(chunks)
                    }
                }
            }
        } catch {
            return .refused(error)
        }
        return .incomplete
    }

    static func decode(_ text: String) -> Verdict<DecodedChunks> { decode(Array(text.utf8)) }
}

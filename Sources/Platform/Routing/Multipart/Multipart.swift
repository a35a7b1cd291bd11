import HTTP

/// A `multipart/form-data` content, read part by part as it comes (RFC 7578):
///
///     Post("/photos") { (request, form: Multipart) in
///         while let part = try await form.next() { try await store(part.head.name, part) }
///         return NoContent()
///     }
///
/// A handler that wants small fields as text and files on the disk takes an ``UploadedForm``.
public final class Multipart: HandlerInput {
    private var pieces: HTTPBody.AsyncIterator
    private var parser: MultipartParser
    private let limits: MultipartLimits
    /// What has come and is not used up, from `position` on.
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// How much the whole may still have.
    private var room: Int
    private let limit: Int
    /// Names the part that is being read; 0 before the first.
    private var partNumber = 0
    private var isInPart = false
    private var partByteCount = 0
    private var partLimit = 0

    init(_ head: HTTPRequestHead, _ body: HTTPBody, _ limits: MultipartLimits, byteCount: Int) throws(Problem)
    {
        self.limits = limits
        parser = MultipartParser(try MultipartBoundary(of: head), limits)
        pieces = body.makeAsyncIterator()
        room = byteCount
        limit = byteCount
    }

    /// Notes a form.
    public static func describe(_ route: inout RouteShape) {
        route.contents.append(
            .init(mediaType: "multipart/form-data", schema: { _ in .someObject }, byteCount: 10 << 20)
        )
    }

    /// Begins to read; 415 for another content.
    public static func read(from call: inout RouteCall) throws -> Multipart {
        try Multipart(
            call.request.head,
            call.request.body,
            call.route.multipart,
            byteCount: call.route.bodyLimit
        )
    }

    /// The next part; what is left of the one before is passed over. Nil behind the last.
    ///
    /// - Throws: a ``Problem``: 400 for a malformed content, 413 above a limit; what the connection throws.
    public func next() async throws -> Part? {
        while isInPart { _ = try await piece(of: partNumber) }
        switch try await step() {
        case .part(let head):
            partNumber += 1
            isInPart = true
            partByteCount = 0
            partLimit = head.fileName == nil ? limits.fieldByteCount : limits.fileByteCount
            return Part(head: head, form: self, number: partNumber)
        case .data, .partEnd, .end, .needsMore: return nil
        }
    }

    /// Content of a part; nil at its end, and for one that has been passed over.
    fileprivate func piece(of part: Int) async throws -> [UInt8]? {
        guard part == partNumber, isInPart else { return nil }
        guard case .data(let range) = try await step() else {
            isInPart = false
            return nil
        }
        partByteCount += range.count
        guard partByteCount <= partLimit else { throw MultipartError.partTooLarge.problem }
        return Array(buffer[range])
    }

    /// The parser's next step that is not "more".
    private func step() async throws -> MultipartParser.Step {
        while true {
            let step: MultipartParser.Step
            let bytes = buffer
            do throws(MultipartError) {
                step = try parser.next(bytes.span, from: &position, isLast: isAtEnd)
            } catch {
                throw error.problem
            }
            guard step == .needsMore else { return step }
            try await fill()
        }
    }

    private func fill() async throws {
        buffer.removeFirst(position)
        position = 0
        guard let piece = try await pieces.next(isolation: #isolation) else {
            isAtEnd = true
            return
        }
        room -= piece.count
        guard room >= 0 else { throw HTTPBody.TooLarge(limit: limit) }
        buffer += piece
    }

    /// One part; its content is read once, before the next part is asked for.
    public struct Part: AsyncSequence {
        /// What the part says of itself.
        public let head: MultipartHead
        fileprivate let form: Multipart
        fileprivate let number: Int

        /// The content, whole.
        ///
        /// - Throws: 413 above the limits of fields and files.
        public func collect() async throws -> [UInt8] {
            var whole: [UInt8] = []
            while let piece = try await form.piece(of: number) { whole += piece }
            return whole
        }

        /// The content as text; 400 when it is no UTF-8.
        public func text() async throws -> String {
            guard let text = String(validating: try await collect(), as: UTF8.self) else {
                throw MultipartError.text.problem
            }
            return text
        }

        /// Begins to read the pieces.
        public func makeAsyncIterator() -> Pieces { Pieces(part: self) }

        /// Gives a part's content as it comes.
        public struct Pieces: AsyncIteratorProtocol {
            fileprivate let part: Part

            /// The next piece; nil at the end.
            public func next() async throws -> [UInt8]? { try await part.form.piece(of: part.number) }

            /// The next piece; nil at the end.
            public func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                try await part.form.piece(of: part.number)
            }
        }
    }
}

@available(*, unavailable)
extension Multipart: Sendable {}
@available(*, unavailable)
extension Multipart.Part: Sendable {}
@available(*, unavailable)
extension Multipart.Part.Pieces: Sendable {}

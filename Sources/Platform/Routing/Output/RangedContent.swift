public import HTTP

/// 200: a stored content of known length, whole or the one range that the client asks for (206), or none where its copy is
/// still right (304) or the range lies outside (416). See RFC 9110 §13 and §14.
///
/// It is read as the client takes it. Several ranges at once get the whole, as they may (§14.2).
public struct RangedContent: ResponseContent, Sendable {
    private let contentType: String
    private let length: Int
    private let tag: String
    private let fields: HTTPFields
    private let read: @Sendable (Range<Int>) -> HTTPBody

    /// Makes the answer.
    ///
    /// - Parameters:
    ///   - contentType: what the bytes are.
    ///   - length: how many there are.
    ///   - version: names these very bytes; another content must have another one. It becomes the `ETag`: visible ASCII
    ///     without `"`.
    ///   - fields: more fields, such as `Cache-Control`.
    ///   - read: gives the bytes from one offset up to another, piece by piece; not called where none are sent.
    public init<Pieces: AsyncSequence & Sendable>(
        contentType: String,
        length: Int,
        version: String,
        fields: HTTPFields = [:],
        read: @escaping @Sendable (Range<Int>) -> Pieces
    ) where Pieces.Element == [UInt8] {
        self.contentType = contentType
        self.length = length
        tag = "\"\(version)\""
        self.fields = fields
        self.read = { HTTPBody(read($0), length: $0.count) }
    }

    /// 200 with bytes.
    public static func describeAnswer(_ route: inout RouteShape) {
        route.answer.mediaType = "application/octet-stream"
        route.answer.isStream = true
    }

    /// The answer to what the client asks for.
    public func response(to request: Request) -> HTTPResponse {
        var fields = fields
        fields.append(.eTag, tag)
        fields.append(.acceptRanges, "bytes")
        if HTTPConditions.isNotModified(request.head, tag, nil) {
            return HTTPResponse(.notModified, fields: fields)
        }
        switch ranges(request.head) {
        case .unsatisfiable:
            fields.append(.contentRange, "bytes */\(length)")
            return Problem(.rangeNotSatisfiable, reason: "range").response(fields: fields)
        case .parts(let parts) where parts.count == 1:
            let part = Int(parts[0].lowerBound)..<Int(parts[0].upperBound)
            fields.append(.contentRange, "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(length)")
            return content(.partialContent, fields, part)
        case .whole, .parts: return content(.ok, fields, 0..<length)
        }
    }

    private func ranges(_ head: HTTPRequestHead) -> ByteRanges {
        guard head.method == .get, let range = head.fields[.range],
            HTTPConditions.mayRange(head, tag, nil)
        else { return .whole }
        return ByteRanges(range, size: Int64(length))
    }

    private func content(_ status: HTTPStatus, _ fields: HTTPFields, _ part: Range<Int>) -> HTTPResponse {
        var fields = fields
        fields.append(.contentType, contentType)
        return HTTPResponse(status, fields: fields, body: part.isEmpty ? .empty : read(part))
    }
}

public import HTTP

/// 200: bytes as they come.
public struct Streamed: ResponseContent, Sendable {
    private let body: HTTPBody
    private let contentType: String

    /// Makes the answer.
    ///
    /// - Parameters:
    ///   - contentType: what the bytes are.
    ///   - pieces: asked for one by one as the client takes them; an error cuts the connection, so that a short answer
    ///     never looks whole.
    ///   - length: their number, if it is known.
    public init<Pieces: AsyncSequence & Sendable>(
        contentType: String = "application/octet-stream",
        _ pieces: Pieces,
        length: Int? = nil
    ) where Pieces.Element == [UInt8] {
        self.contentType = contentType
        body = HTTPBody(pieces, length: length)
    }

    /// 200 with bytes.
    public static func describeAnswer(_ route: inout RouteShape) {
        route.answer.mediaType = "application/octet-stream"
        route.answer.isStream = true
    }

    /// 200 with the bytes.
    public func response(to request: Request) -> HTTPResponse {
        HTTPResponse(.ok, fields: [.contentType: contentType], body: body)
    }
}

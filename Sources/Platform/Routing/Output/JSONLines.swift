public import HTTP
import JSON

/// 200: values as they come, each the JSON of one line (`application/x-ndjson`).
public struct JSONLines<Values: AsyncSequence & Sendable>: ResponseContent, Sendable
where Values.Element: Encodable {
    private let values: Values

    /// Takes the values, asked for one by one as the client takes them; an error cuts the connection.
    public init(_ values: Values) { self.values = values }

    /// 200 with lines.
    public static func describeAnswer(_ route: inout RouteShape) {
        route.answer.mediaType = "application/x-ndjson"
        route.answer.isStream = true
    }

    /// 200 with the lines.
    public func response(to request: Request) -> HTTPResponse {
        let lines = Lines(values: values)
        return HTTPResponse(.ok, fields: [.contentType: "application/x-ndjson"], body: HTTPBody(lines))
    }

    private struct Lines: AsyncSequence, Sendable {
        let values: Values

        struct AsyncIterator: AsyncIteratorProtocol {
            var values: Values.AsyncIterator

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                guard let value = try await values.next(isolation: actor) else { return nil }
                return try JSONText.encode(value) + [UInt8(ascii: "\n")]
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(values: values.makeAsyncIterator()) }
    }
}

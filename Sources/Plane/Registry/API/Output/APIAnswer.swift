import HTTP
import JSON

/// What an endpoint answers.
struct APIAnswer: Sendable {
    var status: HTTPStatus = .ok
    var contentType = "application/json"
    var bytes: [UInt8] = []
    /// More fields.
    var fields: [(HTTPFieldName, String)] = []

    /// 200 without content.
    static let empty = APIAnswer()

    /// The literal `true` or `false`.
    static func literal(_ value: Bool) -> APIAnswer {
        APIAnswer(bytes: Array((value ? "true" : "false").utf8))
    }

    static func text(_ text: String, status: HTTPStatus = .ok) -> APIAnswer {
        APIAnswer(status: status, contentType: "text/plain; charset=utf-8", bytes: Array(text.utf8))
    }

    /// What `body` writes.
    static func json<Failure: Error>(
        _ request: APIRequest,
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) -> APIAnswer {
        let isPretty = request.query.contains("pretty")
        var json = JSONWriter(isPretty: isPretty, indentation: 4)
        try body(&json)
        var answer = APIAnswer(bytes: json.bytes)
        if isPretty { answer.bytes.append(UInt8(ascii: "\n")) }
        return answer
    }

    func with(_ name: HTTPFieldName, _ value: String) -> APIAnswer {
        var copy = self
        copy.fields.append((name, value))
        return copy
    }
}

extension Refusal {
    var status: HTTPStatus {
        switch kind {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .tooMany: 429
        case .failed: .internalServerError
        }
    }
}

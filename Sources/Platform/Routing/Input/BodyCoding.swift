import HTTP
import JSON

/// JSON contents in and out, and their errors as problems.
enum BodyCoding {
    /// Refuses a content that says it is no JSON, or encoded (RFC 9110 §15.5.16).
    static func checkType(of head: HTTPRequestHead) throws(Problem) {
        if let coding = head.fields["content-encoding"], coding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType,
                detail: "the content must not be encoded",
                reason: "content_encoding",
                fields: ["accept-encoding": "identity"]
            )
        }
        let type = head.fields[.contentType].flatMap(MediaType.init(parsing:))
        let charset = type?.parameters["charset"]?.lowercased()
        guard let type, type.isJSON, charset == nil || charset == "utf-8" else {
            throw Problem(
                .unsupportedMediaType,
                detail: "the content must be application/json",
                reason: "content_type",
                fields: ["accept": "application/json"]
            )
        }
    }

    /// Reads a value.
    ///
    /// - Throws: 400 for a text that is no JSON, 422 naming each field that is wrong.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Problem) -> Value {
        do throws(JSONError) {
            return try JSONText.decodeCollecting(type, from: bytes)
        } catch {
            guard !error.reason.isSyntax else {
                throw Problem(.badRequest, detail: "\(error)", reason: error.reason.rawValue)
            }
            throw .invalid(error.problems.map(field))
        }
    }

    private static func field(_ problem: JSONFieldProblem) -> ProblemField {
        let expected = problem.expected.isEmpty ? "" : ", expected \(problem.expected)"
        return ProblemField(.pointer(problem.path.pointer), detail: problem.reason.detail + expected)
    }
}

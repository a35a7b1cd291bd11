import FoundationEssentials
import HTTP

/// JSON contents in and out: the one place that knows which coder is used.
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
    /// - Throws: 400 for a text that is no JSON, 422 for one that is another value.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw problem(error)
        }
    }

    /// Writes a value.
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = .withoutEscapingSlashes
        return Array(try encoder.encode(value))
    }

    private static func problem(_ error: DecodingError) -> Problem {
        switch error {
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            Problem(.badRequest, detail: "the content is no JSON", reason: "malformed_json")
        case .dataCorrupted(let context): .invalid(pointer(context.codingPath), "not an allowed value")
        case .keyNotFound(let key, let context): .invalid(pointer(context.codingPath + [key]), "is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            .invalid(pointer(context.codingPath), "is of the wrong type")
        @unknown default: Problem(.badRequest, reason: "malformed_json")
        }
    }

    private static func pointer(_ path: [any CodingKey]) -> String {
        path.map { "/" + Validation.escape($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
    }
}

extension Problem {
    fileprivate static func invalid(_ pointer: String, _ detail: String) -> Problem {
        .invalid([ProblemField(.pointer(pointer), detail: detail)])
    }
}

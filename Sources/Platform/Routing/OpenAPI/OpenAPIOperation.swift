import HTTP
import JSON

/// One route as an operation object (OpenAPI 3.1 §4.8.10).
struct OpenAPIOperation {
    private let route: Route
    private let options: RouteOptions
    private let authorization: Authorization
    private let book: SchemaBook

    init(_ route: Route, _ settings: RouterSettings, _ book: SchemaBook) {
        self.route = route
        options = route.options
        authorization = options.authorization ?? settings.defaultAuthorization
        self.book = book
    }

    var document: JSONObject {
        var operation = JSONObject()
        operation["summary"] = options.summary.map { .string($0) }
        if !options.tags.isEmpty { operation["tags"] = .array(options.tags.map { .string($0) }) }
        let parameters = pathParameters + queryParameters + headerParameters
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        operation["requestBody"] = requestBody
        operation["responses"] = responses
        operation["security"] = authorization.isOpen ? [] : [["bearer": scopes]]
        return operation
    }

    private var scopes: JSONValue { .array(authorization.scopes.map { .string($0) }) }

    // MARK: Parameters

    private var pathParameters: [JSONValue] {
        let names = (try? PathPattern(route.path))?.names ?? []
        return zip(names, route.shape.parameters).map { name, parameter in
            Self.parameter(name, "path", isRequired: true, parameter.schema(book).value)
        }
    }

    private var queryParameters: [JSONValue] {
        guard let schema = route.shape.queries.first?(book).object,
            case .object(let properties)? = schema["properties"]
        else { return [] }
        var required: [JSONValue] = []
        if case .array(let names)? = schema["required"] { required = names }
        return properties.members.map { member in
            let isRequired = required.contains(.string(member.key)) && member.value["type"] != "array"
            return Self.parameter(member.key, "query", isRequired: isRequired, member.value)
        }
    }

    private var headerParameters: [JSONValue] {
        let key = ("Idempotency-Key", JSONSchema(["type": "string", "minLength": 1]))
        let headers = route.shape.headers + (options.isIdempotent ? [key] : [])
        return headers.map { Self.parameter($0.0, "header", isRequired: false, $0.1.value) }
    }

    private static func parameter(
        _ name: String,
        _ place: JSONValue,
        isRequired: Bool,
        _ schema: JSONValue
    ) -> JSONValue {
        ["name": .string(name), "in": place, "required": .bool(isRequired), "schema": schema]
    }

    // MARK: Content

    private var requestBody: JSONValue? {
        guard let content = route.shape.contents.first else { return nil }
        let media: JSONValue = ["schema": content.schema(book).value]
        return ["required": true, "content": .object([content.mediaType: media])]
    }

    private var responses: JSONValue {
        let answer = route.shape.answer
        let status = HTTPStatus(code: answer.status) ?? .ok
        var success: JSONObject = ["description": .string(status.phrase)]
        if let type = answer.mediaType {
            var media = JSONObject()
            media["schema"] = answer.schema?(book).value
            success["content"] = .object([type: .object(media)])
        }
        var responses: JSONObject = [String(answer.status): .object(success)]
        for status in problems { responses[String(status)] = ["$ref": "#/components/responses/Problem"] }
        responses["default"] = ["$ref": "#/components/responses/Problem"]
        return .object(responses)
    }

    /// The statuses that the declaration itself can lead to.
    private var problems: [Int] {
        let shape = route.shape
        let takesJSON = shape.contents.contains { $0.mediaType == "application/json" }
        var statuses: Set<Int> = authorization.isOpen ? [] : [401, 403]
        if !shape.contents.isEmpty { statuses.formUnion([400, 413, 415]) }
        if takesJSON || !shape.queries.isEmpty { statuses.insert(422) }
        if !shape.parameters.isEmpty || shape.answer.mayBeAbsent { statuses.insert(404) }
        if options.isIdempotent { statuses.formUnion([400, 409, 422]) }
        return statuses.sorted()
    }
}

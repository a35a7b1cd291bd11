import HTTP

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

    var document: DocumentValue {
        var operation: DocumentValue = [:]
        operation["operationId"] = .string(identifier)
        operation["summary"] = options.summary.map { .string($0) }
        if !options.tags.isEmpty { operation["tags"] = .array(options.tags.map { .string($0) }) }
        let parameters = pathParameters + queryParameters + headerParameters
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        operation["requestBody"] = requestBody
        operation["responses"] = responses
        operation["security"] = authorization.isOpen ? [] : [["bearer": scopes]]
        return operation
    }

    /// Method and path as one word, unique as they are.
    private var identifier: String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        return ([Substring(route.method.name.lowercased())] + words).joined(separator: "-")
    }

    private var scopes: DocumentValue { .array(authorization.scopes.map { .string($0) }) }

    // MARK: Parameters

    private var pathParameters: [DocumentValue] {
        let names = (try? PathPattern(route.path))?.names ?? []
        return zip(names, route.shape.parameters).map { name, parameter in
            Self.parameter(name, "path", isRequired: true, parameter.schema(book).value)
        }
    }

    private var queryParameters: [DocumentValue] {
        guard let schema = route.shape.queries.first?(book).value,
            case .object(let members)? = schema["properties"]
        else { return [] }
        var required: [DocumentValue] = []
        if case .array(let names)? = schema["required"] { required = names }
        return members.map { member in
            let isRequired = required.contains(.string(member.key)) && member.value["type"] != "array"
            return Self.parameter(member.key, "query", isRequired: isRequired, member.value)
        }
    }

    private var headerParameters: [DocumentValue] {
        let key = ("Idempotency-Key", JSONSchema(["type": "string", "minLength": .number("1")]))
        let headers = route.shape.headers + (options.isIdempotent ? [key] : [])
        return headers.map { Self.parameter($0.0, "header", isRequired: false, $0.1.value) }
    }

    private static func parameter(
        _ name: String,
        _ place: DocumentValue,
        isRequired: Bool,
        _ schema: DocumentValue
    ) -> DocumentValue {
        ["name": .string(name), "in": place, "required": .boolean(isRequired), "schema": schema]
    }

    // MARK: Content

    private var requestBody: DocumentValue? {
        guard let content = route.shape.contents.first else { return nil }
        let media: DocumentValue = ["schema": content.schema(book).value]
        return ["required": true, "content": .object([.init(key: content.mediaType, value: media)])]
    }

    private var responses: DocumentValue {
        let answer = route.shape.answer
        let status = HTTPStatus(code: answer.status) ?? .ok
        var success: DocumentValue = ["description": .string(status.phrase)]
        if let type = answer.mediaType {
            var media: DocumentValue = [:]
            media["schema"] = answer.schema?(book).value
            success["content"] = .object([.init(key: type, value: media)])
        }
        var responses = DocumentValue.object([.init(key: String(answer.status), value: success)])
        for status in problems { responses[String(status)] = ["$ref": "#/components/responses/Problem"] }
        responses["default"] = ["$ref": "#/components/responses/Problem"]
        return responses
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

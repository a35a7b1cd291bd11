import HTTP

/// The routes as an OpenAPI 3.1 document.
enum OpenAPIDocument {
    /// The route that serves the document, which is written once.
    static func route(_ info: OpenAPIInfo, _ routes: [Route], _ settings: RouterSettings) -> Route {
        let bytes = Array(document(info, routes, settings).json.utf8)
        let get = Get("/openapi.json", auth: .open) { _ in
            HTTPResponse(.ok, fields: [.contentType: "application/json"], body: HTTPBody(bytes))
        }
        return get.all[0]
    }

    static func document(_ info: OpenAPIInfo, _ routes: [Route], _ settings: RouterSettings) -> DocumentValue {
        let book = SchemaBook()
        var paths: DocumentValue = [:]
        for route in routes {
            let path = route.path.replacing("...}", with: "}")
            var item = paths[path] ?? [:]
            item[route.method.name.lowercased()] = OpenAPIOperation(route, settings, book).document
            paths[path] = item
        }
        var about: DocumentValue = ["title": .string(info.title), "version": .string(info.version)]
        about["summary"] = info.summary.map { .string($0) }
        return ["openapi": "3.1.0", "info": about, "paths": paths, "components": components(book)]
    }

    private static func components(_ book: SchemaBook) -> DocumentValue {
        var schemas: DocumentValue = ["Problem": problem]
        for (name, schema) in book.components { schemas[name] = schema.value }
        return [
            "schemas": schemas,
            "responses": [
                "Problem": [
                    "description": "What went wrong (RFC 9457).",
                    "content": [
                        "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
                    ],
                ]
            ],
            "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
        ]
    }

    private static var problem: DocumentValue {
        let text: DocumentValue = ["type": "string"]
        let place: DocumentValue = [
            "type": "object",
            "properties": ["detail": text, "pointer": text, "parameter": text, "header": text],
            "required": ["detail"],
        ]
        return [
            "type": "object",
            "properties": [
                "type": text, "title": text, "status": ["type": "integer"], "detail": text,
                "instance": text, "traceId": text, "reason": text, "retryable": ["type": "boolean"],
                "errors": ["type": "array", "items": place],
            ],
            "required": ["type", "title", "status"],
        ]
    }
}

import HTTP
import JSON

/// The routes as an OpenAPI 3.1 document.
enum OpenAPIDocument {
    /// The route that serves the document, which is written once.
    static func route(_ info: OpenAPIInfo, _ routes: [Route], _ settings: RouterSettings) -> Route {
        var writer = JSONWriter()
        writer.value(.object(document(info, routes, settings)))
        let bytes = writer.bytes
        let get = Get("/openapi.json", auth: .open) { _ in
            HTTPResponse(.ok, fields: [.contentType: "application/json"], body: HTTPBody(bytes))
        }
        return get.all[0]
    }

    static func document(_ info: OpenAPIInfo, _ routes: [Route], _ settings: RouterSettings) -> JSONObject {
        let book = SchemaBook()
        var paths = JSONObject()
        for route in routes where !route.options.isQuiet {
            let path = route.path.replacing("...}", with: "}")
            var item = JSONObject()
            if case .object(let known)? = paths[path] { item = known }
            item[route.method.name.lowercased()] = .object(OpenAPIOperation(route, settings, book).document)
            paths[path] = .object(item)
        }
        var about: JSONObject = ["title": .string(info.title), "version": .string(info.version)]
        about["summary"] = info.summary.map { .string($0) }
        return [
            "openapi": "3.1.0", "info": .object(about), "paths": .object(paths),
            "components": components(book),
        ]
    }

    private static func components(_ book: SchemaBook) -> JSONValue {
        var schemas: JSONObject = ["Problem": problem]
        for (name, schema) in book.components { schemas[name] = schema.value }
        return [
            "schemas": .object(schemas),
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

    private static var problem: JSONValue {
        let text: JSONValue = ["type": "string"]
        let place: JSONValue = [
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

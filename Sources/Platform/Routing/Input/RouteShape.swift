/// What a route takes and answers, noted by its parameters' and its result's types.
public struct RouteShape: Sendable {
    typealias SchemaMaker = @Sendable (SchemaBook) -> JSONSchema

    struct Parameter: Sendable {
        let isRest: Bool
        let schema: SchemaMaker

        init(isRest: Bool, schema: @escaping SchemaMaker) {
            self.isRest = isRest
            self.schema = schema
        }
    }

    struct Content: Sendable {
        let mediaType: String
        let schema: SchemaMaker
        /// The limit where neither route nor group says one.
        var byteCount = 1 << 20
        /// Whether files of it go to the disk.
        var needsUploads = false
    }

    struct Answer: Sendable {
        var status = 200
        var mediaType: String?
        var schema: SchemaMaker?
        /// Whether there may be none, which is 404.
        var mayBeAbsent = false
        /// Whether it comes piece by piece, without a known end.
        var isStream = false
    }

    var parameters: [Parameter] = []
    var queries: [SchemaMaker] = []
    var contents: [Content] = []
    var headers: [(name: String, schema: JSONSchema)] = []
    var takesPrincipal = false
    var answer = Answer()

    /// Notes a header field that a ``HandlerInput`` of your own reads.
    public mutating func addHeader(_ name: String, _ schema: JSONSchema = .string()) {
        headers.append((name, schema))
    }
}

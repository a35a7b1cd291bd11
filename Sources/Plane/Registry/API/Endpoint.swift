import HTTP

/// One path of the API: its methods and who answers them. What other methods get follows from the declaration.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (API, APIRequest) async throws -> APIAnswer

    /// The path, or what it begins with.
    let prefix: String
    /// Whether more follows: a name, an ID, a key.
    let takesRest: Bool
    let methods: [(method: HTTPMethod, handler: Handler)]

    /// Declares an endpoint; a path that ends in `*` takes what follows it.
    init(_ path: String, _ methods: (HTTPMethod, Handler)...) {
        takesRest = path.last == "*"
        prefix = takesRest ? String(path.dropLast()) : path
        self.methods = methods.map { (method: $0.0, handler: $0.1) }
    }

    /// The path as metrics name it.
    var template: String { takesRest ? "\(prefix){name}" : prefix }

    /// What `Allow` says.
    var allowed: String { (["OPTIONS"] + methods.map(\.method.name)).joined(separator: ",") }

    func handler(of method: HTTPMethod) -> Handler? { methods.first { $0.method == method }?.handler }
}

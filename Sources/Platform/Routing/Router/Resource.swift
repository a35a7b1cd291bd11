import HTTP

/// The routes of one path, by method.
struct Resource: Sendable {
    private var get: Int32 = -1
    private var post: Int32 = -1
    private var put: Int32 = -1
    private var patch: Int32 = -1
    private var delete: Int32 = -1

    /// Sets the route of a method.
    ///
    /// - Returns: whether there was none.
    mutating func insert(_ route: Int, _ method: HTTPMethod) -> Bool {
        guard let member = Self.member(for: method), self[keyPath: member] < 0 else { return false }
        self[keyPath: member] = Int32(route)
        return true
    }

    /// The route that serves a method; HEAD is served by GET's (RFC 9110 §9.3.2).
    func route(for method: HTTPMethod) -> Int? {
        let found =
            switch method {
            case .get, .head: get
            case .post: post
            case .put: put
            case .patch: patch
            case .delete: delete
            default: Int32(-1)
            }
        return found < 0 ? nil : Int(found)
    }

    /// The methods that it serves, as `Allow` lists them; OPTIONS is answered for each path.
    var allow: String {
        let served: [(Int32, String)] = [
            (get, "GET, HEAD"), (post, "POST"), (put, "PUT"), (patch, "PATCH"), (delete, "DELETE"),
        ]
        return (served.filter { $0.0 >= 0 }.map(\.1) + ["OPTIONS"]).joined(separator: ", ")
    }

    private static func member(for method: HTTPMethod) -> WritableKeyPath<Resource, Int32>? {
        switch method {
        case .get: \.get
        case .post: \.post
        case .put: \.put
        case .patch: \.patch
        case .delete: \.delete
        default: nil
        }
    }
}

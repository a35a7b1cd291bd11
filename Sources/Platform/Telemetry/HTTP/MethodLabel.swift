package import HTTP

/// A method as a label: one of the known ones, or `_OTHER` (OpenTelemetry, "HTTP metrics", `http.request.method`).
package struct MethodLabel: Sendable, Hashable {
    /// All values, at their index.
    package static let all = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "_OTHER",
    ]

    /// The place in ``all``.
    package let index: Int

    /// Takes a method.
    package init(_ method: HTTPMethod) {
        index =
            switch method {
            case .get: 0
            case .head: 1
            case .post: 2
            case .put: 3
            case .delete: 4
            case .patch: 5
            case .options: 6
            case .trace: 7
            case .connect: 8
            default: 9
            }
    }

    /// Whether the value is the method's own name.
    var isKnown: Bool { index < Self.all.count - 1 }
    /// The label's value.
    package var value: String { Self.all[index] }
    /// What a span's name begins with: "HTTP" where the method is unknown (semantic conventions, "HTTP spans", name).
    package var spanName: String { isKnown ? value : "HTTP" }
}

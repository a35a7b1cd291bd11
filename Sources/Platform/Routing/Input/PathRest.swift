import HTTP

/// What `{name...}` at the end of a path stands for: one segment or more, and never nothing.
public struct PathRest: HandlerInput, Sendable, Hashable {
    /// The rest as it stands in the target, percent-encoded, without a slash before it: fit for `FileResponder`.
    public let encoded: String
    /// Its segments, percent-decoded; one may be empty (`a//b`), and one may hold a slash that was escaped.
    public let segments: [String]

    /// Notes the parameter.
    public static func describe(_ route: inout RouteShape) {
        route.parameters.append(.init(isRest: true) { _ in .string() })
    }

    /// Reads the rest; 404 when it is no UTF-8.
    public static func read(from call: inout RouteCall) throws -> PathRest {
        let bytes = call.takeCapture()
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let segments = parts.compactMap(PercentText.decode)
        guard segments.count == parts.count else { throw Problem(.notFound) }
        return PathRest(encoded: String(decoding: bytes, as: UTF8.self), segments: segments)
    }
}

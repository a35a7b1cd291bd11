import HTTP
import Reactor

/// One request on its way into a handler: what ``HandlerInput``s are read from.
public struct RouteCall: Sendable {
    /// The request.
    public let request: Request
    let route: CompiledRoute
    let uploads: UploadSettings?
    private let captures: PathCaptures
    private var nextCapture = 0

    init(_ request: Request, _ route: CompiledRoute, _ captures: PathCaptures, _ uploads: UploadSettings?) {
        self.request = request
        self.route = route
        self.captures = captures
        self.uploads = uploads
    }

    /// The next path parameter's bytes, percent-encoded. A route whose handler takes more than its path has was refused
    /// at start.
    mutating func takeCapture() -> ArraySlice<UInt8> {
        defer { nextCapture += 1 }
        return request.http.head.targetBytes[captures[nextCapture]]
    }

    /// The content, whole.
    ///
    /// - Throws: `HTTPBody.TooLarge` above the route's limit, which is answered with 413; what the connection throws.
    public func content() async throws -> [UInt8] { try await request.body.collect(upTo: route.bodyLimit) }
}

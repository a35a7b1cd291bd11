/// Something that a route or a group says about itself: `Post("/photos", .bodyLimit(10 << 20), .idempotent) { … }`.
public struct RouteOption: Sendable {
    let apply: @Sendable (inout RouteOptions) -> Void

    /// The largest content, in bytes, above it 413. Default: 1 MiB, 10 MiB where the handler takes a form with files.
    public static func bodyLimit(_ byteCount: Int) -> RouteOption { RouteOption { $0.bodyLimit = byteCount } }

    /// How long the handler may take to begin its answer; then it is cancelled and the client gets 503. Default: the
    /// server's `requestTimeout`.
    public static func timeout(_ time: Duration) -> RouteOption { RouteOption { $0.timeout = time } }

    /// A request with `Idempotency-Key` takes effect once, and a repetition gets the first answer; see
    /// ``IdempotencyStore``.
    public static let idempotent = RouteOption { $0.isIdempotent = true }

    /// What the route does, in a line, for `/openapi.json`.
    public static func summary(_ text: String) -> RouteOption { RouteOption { $0.summary = text } }

    /// Requests are only measured, neither traced nor logged, and `/openapi.json` does not tell of the route: for probes
    /// and scrapes.
    public static let quiet = RouteOption { $0.isQuiet = true }

    /// Under which headings `/openapi.json` lists the route.
    public static func tags(_ names: String...) -> RouteOption { RouteOption { $0.tags = names } }

    /// How large the parts of a `multipart/form-data` content may be.
    public static func multipart(_ limits: MultipartLimits) -> RouteOption {
        RouteOption { $0.multipart = limits }
    }
}

/// What a route's options come to.
struct RouteOptions: Sendable {
    var authorization: Authorization?
    var bodyLimit: Int?
    var timeout: Duration?
    var isIdempotent = false
    var isQuiet = false
    var summary: String?
    var tags: [String] = []
    var multipart = MultipartLimits()
}

import HTTP

/// Which pages of other origins may use a route, and how (Fetch standard, "CORS protocol").
struct CORSPolicy: Sendable, Hashable {
    /// The origins, such as `https://app.example.com`; `*` alone for all.
    var origins: [String]
    /// What a page may send; empty for the methods of the route.
    var methods: [String] = []
    /// Request fields beyond the safelisted ones that a page may send.
    var headers: [String] = []
    /// Answer fields beyond the safelisted ones that a page may read.
    var exposed: [String] = []
    /// Whether credentials may be sent along; never with `*`.
    var allowsCredentials = false
    /// How long a browser may keep the answer to a preflight.
    var maxAge = Duration.seconds(600)

    /// Whether all origins may.
    var isOpen: Bool { origins == ["*"] }

    /// Whether pages of `origin` may.
    func allows(_ origin: ArraySlice<UInt8>) -> Bool {
        isOpen || origins.contains { origin.elementsEqual($0.utf8) }
    }
}

/// What an OpenAPI document says of the whole service (OpenAPI 3.1 §4.8.2).
public struct OpenAPIInfo: Sendable, Equatable {
    /// The service's name.
    public var title: String
    /// The version of what it offers.
    public var version: String
    /// What it is for; nil to say nothing.
    public var summary: String?

    /// Names a service.
    public init(title: String, version: String, summary: String? = nil) {
        self.title = title
        self.version = version
        self.summary = summary
    }
}

/// How large the parts of a `multipart/form-data` content may be; the whole has the route's body limit.
public struct MultipartLimits: Sendable, Equatable {
    /// How many parts. Default 100.
    public var partCount = 100
    /// How many header fields a part may have. Default 16.
    public var headerCount = 16
    /// How many bytes a part's header fields may have together. Default 8 KiB.
    public var headerByteCount = 8 << 10
    /// The largest part that is no file, in bytes. Default 64 KiB.
    public var fieldByteCount = 64 << 10
    /// The largest file, in bytes. Default 10 MiB.
    public var fileByteCount = 10 << 20

    /// Takes the defaults.
    public init() {}
}

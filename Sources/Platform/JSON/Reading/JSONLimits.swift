/// How large a JSON text may be.
public struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects inside each other, 1...512 (more is taken as 512: decoding uses the stack). Default 64.
    public var depth = 64
    /// The text's bytes, up to 2³¹ − 1. Default 16 MiB; a server's limit of a body is usually below.
    public var byteCount = 16 * 1024 * 1024
    /// The keys of one object. Default 10 000.
    public var keyCount = 10_000

    /// Takes the defaults.
    public init() {}
}

/// How large a message's parts may be.
public struct HTTPLimits: Sendable, Hashable {
    /// Start line and fields together, in bytes; also the trailer fields of a chunked message. Default 32 KiB.
    public var headByteCount = 32 * 1024
    /// The request target, in bytes. Default 16 KiB.
    public var targetByteCount = 16 * 1024
    /// The number of fields. Default 100.
    public var fieldCount = 100
    /// The extensions of one chunk, in bytes. Default 256.
    public var chunkExtensionByteCount = 256

    /// Whether a field's name may hold `_`. A gateway refuses it: origins of CGI's kind can't tell it from `-`.
    /// Default true.
    public var takesUnderscores = true

    /// Takes the defaults.
    public init() {}
}

/// The versions that this module speaks (RFC 9112 §2.3).
public enum HTTPVersion: Sendable, Hashable {
    /// HTTP/1.0: no chunks, one request a connection unless `keep-alive` is asked for.
    case http10
    /// HTTP/1.1.
    case http11
}

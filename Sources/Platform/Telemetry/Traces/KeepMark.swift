public import HTTP

/// The response header by which a process tells its caller that it keeps a trace (`X-Trace-Keep: 1`).
///
/// Believe it from services of the same system only: it makes the caller keep the trace beyond its budget, so that no
/// trace is kept in parts.
public enum KeepMark: Sendable {
    /// `x-trace-keep`.
    public static let name: HTTPFieldName = "x-trace-keep"

    /// Marks a response.
    public static func set(in fields: inout HTTPFields) { fields.set(name, "1") }

    /// Whether a response is marked.
    public static func isSet(in fields: HTTPFields) -> Bool {
        fields.value(of: name)?.elementsEqual("1".utf8) ?? false
    }
}

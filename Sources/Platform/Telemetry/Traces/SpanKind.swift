/// What a span's work is to others; the numbers are OTLP's (opentelemetry-proto trace.v1 `SpanKind`).
public enum SpanKind: Int, Sendable, Hashable {
    /// Work within the process.
    case `internal` = 1
    /// Answers a request.
    case server = 2
    /// Sends a request.
    case client = 3
    /// Hands a message over.
    case producer = 4
    /// Works on a message.
    case consumer = 5
}

public import HTTP

/// How a span's work ended; the order is its finality: `ok` stays (OpenTelemetry trace API, "Set Status").
public enum SpanStatus: Sendable, Hashable {
    /// Nobody said.
    case unset
    /// Failed; the text says why and is not for clients.
    case error(String)
    /// Somebody declared it a success.
    case ok

    /// Of a span that answers a request: an error from 500 on, which is the server's fault; else unset.
    public static func server(_ status: HTTPStatus) -> SpanStatus {
        status.code >= 500 ? .error("") : .unset
    }

    /// Of a span that sends a request: an error from 400 on; else unset.
    public static func client(_ status: HTTPStatus) -> SpanStatus {
        status.code >= 400 ? .error("") : .unset
    }

    /// Whether it is an error.
    public var isError: Bool { if case .error = self { true } else { false } }

    /// What stands after `new` is set: a success stays, and nothing returns to unset.
    func followed(by new: SpanStatus) -> SpanStatus {
        if self == .ok || new == .unset { self } else { new }
    }
}

import Reactor

/// Writes a span as OTLP has it (opentelemetry-proto, trace.v1 `Span`), without what is a secret.
struct OTLPSpan {
    /// Turns its instants into dates.
    let clock: WallClock
    let redactor = Redactor.standard

    /// Flags of a span: `sampled`, and whether the parent is in another process (trace.v1 `SpanFlags`).
    static func flags(_ context: SpanContext, isParentRemote: Bool) -> UInt32 {
        (context.isSampled ? 1 : 0) | 0x100 | (isParentRemote ? 0x200 : 0)
    }

    /// The number of a status (trace.v1 `Status.StatusCode`) and its text.
    static func status(_ status: SpanStatus) -> (code: Int, message: String) {
        switch status {
        case .unset: (0, "")
        case .ok: (1, "")
        case .error(let message): (2, message)
        }
    }

    /// An instant's date, nanoseconds since 1970.
    func date(_ instant: MonotonicInstant?) -> UInt64 {
        UInt64(max(0, clock.nanoseconds(of: instant ?? .now)))
    }
}

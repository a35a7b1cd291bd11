import Foundation
import Reactor

@testable import Telemetry

extension RequestID {
    /// The id of a text; nil for one that can't be taken.
    static func of(_ text: String) -> RequestID? { RequestID(text.utf8.span) }
}

extension Traceparent {
    /// The context of a text; nil for an invalid one.
    static func of(_ text: String) -> SpanContext? { parse(text.utf8.span) }
}

extension MonotonicInstant {
    /// So many seconds behind some origin.
    static func seconds(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }
}

extension SpanContext {
    /// The example of W3C Trace Context level 1 §3.2.
    static let example = SpanContext(
        traceID: TraceID(value: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736),
        spanID: SpanID(value: 0x00f0_67aa_0ba9_02b7),
        isSampled: true,
        isRemote: true
    )
}

/// A line or a document as Foundation reads it.
func object(_ text: some StringProtocol) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}

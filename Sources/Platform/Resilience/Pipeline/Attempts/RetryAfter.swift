import HTTP
import Telemetry

/// `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    /// The time that an answer asks to wait, in seconds or as a date; nil without the field, and for a value that is
    /// neither. A date that has passed is zero.
    /// `now` is in seconds since 1970.
    static func of(_ fields: HTTPFields, at now: Int64 = WallClock.now.milliseconds / 1000) -> Duration? {
        guard let text = fields[.retryAfter] else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // More than a century is as long as any wait can mean.
            return .seconds(min(Int64(text) ?? .max, 1 << 32))
        }
        return HTTPDate.parse(text).map { .seconds(max(0, $0 - now)) }
    }
}

extension AttemptOutcome {
    /// The outcome of an answer, whatever it says.
    init(_ head: HTTPResponseHead) {
        let asksToWait = head.status.code == 429 || head.status.code == 503
        self = .answered(
            status: Int(head.status.code),
            retryAfter: asksToWait ? RetryAfter.of(head.fields) : nil
        )
    }

    /// Whether it is an answer that costs the instance no work: it must not look like a fast instance.
    var isRefusal: Bool {
        switch self {
        case .answered(let status, _): status == 429 || status >= 500
        case .notConnected, .reset, .timedOut, .broken: true
        case .cancelled: false
        }
    }
}

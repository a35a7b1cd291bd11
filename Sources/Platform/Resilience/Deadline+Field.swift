public import Reactor

extension Deadline {
    /// The field that carries the remaining milliseconds from service to service.
    public static let fieldName = "X-Request-Deadline-Ms"

    /// Reads a caller's ``fieldName``: decimal digits alone, counted from `now`; nil when the value breaks the grammar,
    /// and the route's own limit holds.
    ///
    /// - Parameters:
    ///   - value: the field's value; no sign, no white space, at most 19 digits.
    ///   - limit: the most that is believed, such as the route's own limit.
    ///   - now: when the request came.
    public init?(fieldValue value: Span<UInt8>, limit: Duration, from now: MonotonicInstant) {
        guard (1...19).contains(value.count) else { return nil }
        var milliseconds: UInt64 = 0
        for index in value.indices {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = value[index] else { return nil }
            milliseconds = milliseconds * 10 + UInt64(value[index] - UInt8(ascii: "0"))
        }
        let nanoseconds = Int64(min(milliseconds, UInt64(Int64.max / 1_000_000))) * 1_000_000
        instant = now + min(nanoseconds, limit.nanoseconds)
    }

    /// What ``fieldName`` says to the callee: the whole milliseconds that are left, `0` when it is over, nil without an
    /// end.
    public func fieldValue(at now: MonotonicInstant) -> String? {
        guard instant != .distantFuture else { return nil }
        return String(max(0, instant.nanoseconds - now.nanoseconds) / 1_000_000)
    }
}

import HTTP

/// What telemetry keeps of a request's head when that is gone: path and user agent, in one allocation.
struct RequestTexts: Sendable {
    private var bytes: [UInt8]
    private var pathCount: Int
    private let hasUserAgent: Bool

    /// Copies both; `userAgent` is the index of its field, nil for none.
    init(_ head: borrowing HTTPRequestHead, userAgent: Int?) {
        let target = head.targetBytes.span
        var pathCount = 0
        while pathCount < target.count, target[pathCount] != UInt8(ascii: "?") { pathCount += 1 }
        let agent = userAgent.map { head.fields.value(at: $0) } ?? []
        hasUserAgent = userAgent != nil
        self.pathCount = pathCount
        bytes = []
        bytes.append(addingCapacity: pathCount + agent.count) { out in
            out.append(target, 0..<pathCount)
            out.append(agent.span, 0..<agent.count)
        }
    }

    /// The path, percent-encoded.
    var path: ArraySlice<UInt8> { bytes[..<pathCount] }
    /// `User-Agent` as it came; nil without one.
    var userAgent: ArraySlice<UInt8>? { hasUserAgent ? bytes[pathCount...] : nil }

    /// Whether it may be worth trimming.
    var isLong: Bool { bytes.count > 1024 }

    /// Lets go of what a span's limit for texts cuts off, so that spans which wait hold no more than that.
    mutating func trim(_ limits: SpanLimits) {
        let (path, agent) = (limits.trimmed(path), limits.trimmed(bytes[pathCount...]))
        guard path.count + agent.count < bytes.count else { return }
        bytes = Array(path) + agent
        pathCount = path.count
    }
}

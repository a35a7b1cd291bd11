/// One event of a stream (WHATWG HTML §9.2.5).
public struct ServerEvent: Sendable, Hashable {
    /// What it says; each line becomes a `data` line of its own.
    public var data: String
    /// Its type; nil for `message`. A line end in it ends it.
    public var event: String?
    /// What the client tells as `Last-Event-ID` when it comes back. A line end or NUL in it ends it.
    public var id: String?
    /// How long the client waits before it comes back, in whole milliseconds.
    public var retry: Duration?

    /// Makes an event.
    public init(_ data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
    }

    /// The event as it is sent, with the empty line that ends it.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        if let id { Self.append("id", id.utf8.prefix { !Self.endsLine($0) && $0 != 0 }, to: &bytes) }
        if let event { Self.append("event", event.utf8.prefix { !Self.endsLine($0) }, to: &bytes) }
        if let retry {
            let (seconds, fraction) = retry.components
            let milliseconds = max(0, seconds * 1000 + fraction / 1_000_000_000_000_000)
            Self.append("retry", String(milliseconds).utf8, to: &bytes)
        }
        for line in Self.lines(of: data) { Self.append("data", line, to: &bytes) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static func append(_ name: String, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The lines of a text, ended by CRLF, LF or CR, as the client would end them.
    private static func lines(of text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            defer { index += 1 }
            guard endsLine(bytes[index]) else { continue }
            lines.append(bytes[start..<index])
            let isPair = bytes[index] == 13 && index + 1 < bytes.count && bytes[index + 1] == 10
            if isPair { index += 1 }
            start = index + 1
        }
        lines.append(bytes[start...])
        return lines
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
}

import HTTP
import Reactor

extension AccessRecord {
    private static let message = "request"

    /// Adds the line as JSON; allocates nothing beyond `bytes` for a client with an IPv4 address.
    func append(_ time: Int64, _ format: JSONLogFormat, to bytes: inout [UInt8]) {
        format.begin(time, .info, to: &bytes)
        format.plain(LogKey.message, Self.message, to: &bytes)
        format.ids(span, requestID, to: &bytes)
        format.plain(LogKey.method, method.name, to: &bytes)
        if !route.isEmpty { format.text(LogKey.route, route, to: &bytes) }
        format.number(LogKey.status, Int(status.code), to: &bytes)
        format.key(LogKey.duration, to: &bytes)
        DecimalText.append(milliseconds: nanoseconds, to: &bytes)
        format.number(LogKey.bytesIn, byteCounts.in, to: &bytes)
        format.number(LogKey.bytesOut, byteCounts.out, to: &bytes)
        appendPeers(format, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendPeers(_ format: JSONLogFormat, to bytes: inout [UInt8]) {
        if let client { append(client, format, to: &bytes) }
        if let userAgent { append(userAgent, format, to: &bytes) }
        if let subject { format.text(LogKey.subject, subject, to: &bytes) }
        if let upstream { format.text(LogKey.upstream, upstream, to: &bytes) }
        if let attempts { format.number(LogKey.attempts, attempts, to: &bytes) }
        if let overheadMicroseconds { format.number(LogKey.overhead, overheadMicroseconds, to: &bytes) }
    }

    private func append(_ client: SocketAddress, _ format: JSONLogFormat, to bytes: inout [UInt8]) {
        guard case .ipv4(let address, _) = client else {
            return format.text(LogKey.client, client.host, to: &bytes)
        }
        format.key(LogKey.client, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        for shift: UInt32 in [24, 16, 8, 0] {
            DecimalText.append(UInt64(address >> shift & 255), digits: 1, to: &bytes)
            bytes.append(UInt8(ascii: shift == 0 ? "\"" : "."))
        }
    }

    private func append(_ userAgent: ArraySlice<UInt8>, _ format: JSONLogFormat, to bytes: inout [UInt8]) {
        guard userAgent.allSatisfy({ $0 < 0x80 }) else {
            return format.text(LogKey.userAgent, String(decoding: userAgent, as: UTF8.self), to: &bytes)
        }
        format.key(LogKey.userAgent, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        format.text(userAgent.span, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The line for a person.
    func line(at time: Int64) -> LogLine {
        let milliseconds = Double(nanoseconds / 1000) / 1000
        var fields: Attributes = ["duration_ms": .double(milliseconds), "bytes_out": .int(byteCounts.out)]
        if let client { fields[AttributeKey(LogKey.client)] = .string(client.host) }
        if let subject { fields[AttributeKey(LogKey.subject)] = .string(subject) }
        if let upstream { fields[AttributeKey(LogKey.upstream)] = .string(upstream) }
        return LogLine(
            time: time,
            level: .info,
            module: Self.module,
            message: "\(method.name) \(route) \(status.code)",
            span: span,
            requestID: requestID,
            fields: fields.list,
            more: []
        )
    }
}

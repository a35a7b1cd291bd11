import HTTP
import Reactor

extension AccessRecord {
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

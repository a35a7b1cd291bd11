/// One line before it is written.
struct LogLine {
    /// Nanoseconds since 1970.
    var time: Int64
    var level: LogLevel
    var module: String
    var message: String
    var span: SpanContext
    var requestID: RequestID?
    /// Of the logger, then of the call.
    var fields: [Attribute]
    var more: [Attribute]
    /// How often the message was held back; 0 for a line of its own.
    var repeated = 0
}

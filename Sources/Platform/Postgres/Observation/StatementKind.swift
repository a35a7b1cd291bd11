import Reactor
import Telemetry

/// What a statement is to metrics and spans, made once for each prepared statement.
final class StatementKind: Sendable {
    /// `db.system.name`.
    static let system = "postgresql"

    private let spanName: String
    private let attributes: Attributes
    private let durations: Histogram?

    /// Reads the words of a statement's text, and looks its series up.
    init(of text: String, _ metrics: PostgresMetrics?) {
        let summary = StatementSummary(of: text)
        spanName = summary.table.map { "\(summary.operation) \($0)" } ?? summary.operation
        var attributes: Attributes = [
            .dbSystemName: .string(Self.system), .dbOperationName: .string(summary.operation),
        ]
        attributes[.dbCollectionName] = summary.table.map { .string($0) }
        attributes[.dbQueryText] = .string(text)
        self.attributes = attributes
        durations = metrics?.durations(of: summary)
    }

    /// Notes that a statement has ended, however it did, below the span that is current in `context`.
    ///
    /// The span is made now, with the time at which it began: nothing is below it. What has no span above it has none
    /// itself, and begins no trace.
    func ended(began: MonotonicInstant, _ context: Context, _ error: PostgresError?) {
        let end = MonotonicInstant.now
        let above = context.span
        let trace = above.context
        let isKept = above.isRecording && trace.isSampled
        durations?.record(
            Double(end.nanoseconds - began.nanoseconds) / 1e9,
            exemplar: isKept ? Exemplar(traceID: trace.traceID.value, time: end) : nil
        )
        if let error { log(error, context) }
        guard above.isRecording else { return }
        let span = context.tracer.start(
            spanName,
            .client,
            parent: above,
            attributes: attributes,
            at: began
        )
        if let error { Self.note(error, span) }
        span.end(at: end)
    }

    private func log(_ error: PostgresError, _ context: Context) {
        context.logger.module("postgres").debug(
            "statement failed",
            Attributes(
                attributes.list.filter { $0.key != .dbSystemName } + [
                    Attribute(.errorType, .string(error.sqlState ?? error.code.label)),
                    Attribute(.exceptionMessage, .string(error.detail)),
                ]
            )
        )
    }

    /// The code alone: the server's words may hold values.
    private static func note(_ error: PostgresError, _ span: TraceSpan) {
        if let state = error.sqlState { span.set(.dbResponseStatusCode, .string(state)) }
        span.set(.errorType, .string(error.sqlState ?? error.code.label))
        // Somebody who no longer wants the answer is no error.
        if error.code != .cancelled { span.setStatus(.error(error.description)) }
    }
}

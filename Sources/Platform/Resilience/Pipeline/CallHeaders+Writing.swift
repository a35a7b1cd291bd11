public import HTTP
import Reactor
import Telemetry

extension CallHeaders {
    /// Writes the headers of an attempt in the place of what is there under their names.
    func write(
        into fields: inout HTTPFields,
        _ span: SpanContext,
        _ context: Context,
        _ deadline: Deadline,
        at now: MonotonicInstant
    ) {
        switch self {
        case .none: return
        case .trace: Propagation.inject(span, into: &fields)
        case .internal:
            fields.reserve(bytes: 256, fields: 6)
            Propagation.inject(
                span,
                context.baggage,
                context.requestID,
                replacing: Deadline.header,
                into: &fields
            )
            deadline.append(to: &fields, at: now)
        }
    }
}

extension Deadline {
    /// ``fieldName``, ready to use.
    public static let header = HTTPFieldName(stringLiteral: fieldName)

    /// Adds what ``fieldValue(at:)`` says.
    fileprivate func append(to fields: inout HTTPFields, at now: MonotonicInstant) {
        guard instant != .distantFuture else { return }
        fields.append(Self.header, upTo: 20, isSafe: true) { out in
            out.append(decimal: Int(instant.nanoseconds - now.nanoseconds) / 1_000_000)
        }
    }
}

extension HTTPFieldName {
    /// Idempotency-Key (IETF draft "The Idempotency-Key HTTP Header Field").
    static let idempotencyKey: HTTPFieldName = "idempotency-key"
}

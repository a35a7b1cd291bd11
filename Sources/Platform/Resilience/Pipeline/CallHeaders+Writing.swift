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
            Propagation.inject(span, context.baggage, into: &fields)
            fields.remove(Deadline.header)
            if let time = deadline.fieldValue(at: now) { fields.append(Deadline.header, time) }
            if let id = context.requestID { fields.set(RequestID.header, id.description) }
        }
    }
}

extension Deadline {
    /// ``fieldName``, ready to use.
    public static let header = HTTPFieldName(stringLiteral: fieldName)
}

extension HTTPFieldName {
    /// Idempotency-Key (IETF draft "The Idempotency-Key HTTP Header Field").
    static let idempotencyKey: HTTPFieldName = "idempotency-key"
}

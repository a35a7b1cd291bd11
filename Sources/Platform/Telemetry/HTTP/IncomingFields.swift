import HTTP

/// What telemetry reads of a request's fields, found in one pass; what is not there costs nothing more.
struct IncomingFields {
    /// The caller's span; nil without a valid one, which begins a new trace.
    private(set) var caller: SpanContext?
    /// The application's names and values.
    private(set) var baggage = Baggage()
    /// The request's name, where it came with one that can be taken.
    private(set) var requestID: RequestID?
    /// The index of `User-Agent`; nil without one.
    private(set) var userAgent: Int?

    init(_ fields: HTTPFields, _ format: Propagation.Format) {
        var (parents, states, baggages, ids) = (0, 0, 0, 0)
        fields.forEachField { index, name, value in
            switch name.count {
            case 7 where HTTPFields.isName(name, "baggage"): baggages += 1
            case 10 where HTTPFields.isName(name, "tracestate"): states += 1
            case 10 where userAgent == nil && HTTPFields.isName(name, "user-agent"): userAgent = index
            case 11 where HTTPFields.isName(name, "traceparent"):
                parents += 1
                caller = parents == 1 ? Traceparent.parse(value) : nil
            case 12 where HTTPFields.isName(name, "x-request-id"):
                ids += 1
                if ids == 1 { requestID = RequestID(value) }
            default: break
            }
        }
        if parents == 0, format == .w3cOrB3 { caller = B3.extract(from: fields) }
        if parents > 0, states > 0 { caller?.traceState = Propagation.traceState(of: fields) }
        if baggages > 0 { baggage = Propagation.extractBaggage(from: fields) }
    }
}

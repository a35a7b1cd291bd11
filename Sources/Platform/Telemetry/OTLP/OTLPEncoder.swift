/// Writes spans of one process as OTLP has them, one after another, and then what belongs around a batch of them
/// (opentelemetry-proto, collector.trace.v1 `ExportTraceServiceRequest`).
struct OTLPEncoder: Sendable {
    /// The name under which this library's spans stand.
    private static let scope = "vigie"

    let resource: OTLPResource
    let encoding: OTLPSettings.Encoding

    /// Adds a span.
    func append(_ span: SpanData, _ clock: WallClock, to bytes: inout [UInt8]) {
        let writer = OTLPSpan(clock: clock)
        switch encoding {
        case .json: writer.appendJSON(span, to: &bytes)
        case .protobuf: writer.appendProtobuf(span, to: &bytes)
        }
    }

    /// The request that carries what was added.
    func request(of batch: SpanBatch) -> [UInt8] {
        switch encoding {
        case .json: json(batch)
        case .protobuf: protobuf(batch)
        }
    }

    private func json(_ batch: SpanBatch) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(batch.byteCount + 1024)
        json.append(#"{"resourceSpans":[{"resource":{"attributes":["#)
        OTLPSpan(clock: .current).appendJSON(resource.attributes.list, to: &json)
        JSONText.append(#"]},"scopeSpans":[{"scope":{"name":""#, Self.scope, #""},"spans":["#, to: &json)
        let start = json.count
        for piece in batch.pieces { json.append(contentsOf: piece) }
        // Each span brings a comma; the first one needs none.
        if json.count > start { json[start] = UInt8(ascii: " ") }
        json.append("]}]}]}")
        return json
    }

    private func protobuf(_ batch: SpanBatch) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1) { writer in
            writer.message(1) {
                OTLPSpan(clock: .current).appendProtobuf(resource.attributes.list, 1, to: &$0)
            }
            writer.message(2) { writer in
                writer.message(1) { $0.string(1, Self.scope) }
                for piece in batch.pieces { writer.raw(piece) }
            }
        }
        return writer.bytes
    }
}

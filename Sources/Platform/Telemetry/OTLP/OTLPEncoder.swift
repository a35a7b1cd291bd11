/// Writes spans of one process as OTLP has them, one after another, and then what belongs around a batch of them
/// (opentelemetry-proto, collector.trace.v1 `ExportTraceServiceRequest`).
struct OTLPEncoder: Sendable {
    /// The name under which this library's spans stand.
    private static let scope = "vigie"

    private let encoding: OTLPSettings.Encoding
    /// The resource's attributes as they stand in each batch.
    private let resource: [UInt8]

    init(resource: OTLPResource, encoding: OTLPSettings.Encoding) {
        self.encoding = encoding
        self.resource = SpanWriter.written(resource.attributes.list, 1, as: encoding)
    }

    /// Adds a span.
    func append(_ span: EndedSpan, _ clock: WallClock, to bytes: inout [UInt8]) {
        var writer = SpanWriter(encoding, clock)
        // Taken out and put back, so that they are not copied.
        swap(&writer.output.bytes, &bytes)
        span.write(to: &writer)
        swap(&writer.output.bytes, &bytes)
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
        append(elements: resource, to: &json)
        JSONText.append(#"]},"scopeSpans":[{"scope":{"name":""#, Self.scope, #""},"spans":["#, to: &json)
        append(elements: batch.pieces.first ?? [], to: &json)
        for piece in batch.pieces.dropFirst() { json.append(contentsOf: piece) }
        json.append("]}]}]}")
        return json
    }

    /// Adds an array's first elements: each brings a comma, and the first one needs none.
    private func append(elements: [UInt8], to json: inout [UInt8]) {
        let start = json.count
        json.append(contentsOf: elements)
        if json.count > start { json[start] = UInt8(ascii: " ") }
    }

    private func protobuf(_ batch: SpanBatch) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1) { writer in
            writer.message(1) { $0.raw(resource) }
            writer.message(2) { writer in
                writer.message(1) { $0.string(1, Self.scope) }
                for piece in batch.pieces { writer.raw(piece) }
            }
        }
        return writer.bytes
    }
}

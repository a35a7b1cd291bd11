extension OTLPSpan {
    /// Adds a span as a field of `ScopeSpans` (opentelemetry-proto trace.v1).
    func appendProtobuf(_ span: SpanData, to bytes: inout [UInt8]) {
        var writer = ProtobufWriter()
        // Taken out and put back, so that they are not copied.
        swap(&writer.bytes, &bytes)
        // Nearly all spans have 128 to 16 383 bytes.
        writer.message(2, lengthBytes: 2) { self.span(span, &$0) }
        swap(&writer.bytes, &bytes)
    }

    private func span(_ span: SpanData, _ writer: inout ProtobufWriter) {
        ids(span, &writer)
        writer.bytes(3, span.context.traceState.bytes)
        writer.string(5, span.name)
        writer.integer(6, span.kind.rawValue)
        writer.fixed64(7, date(span.start))
        writer.fixed64(8, date(span.end))
        appendProtobuf(span.content.attributes, 9, to: &writer)
        writer.integer(10, span.content.droppedAttributes)
        for event in span.content.events { writer.message(11) { self.event(event, &$0) } }
        writer.integer(12, span.content.droppedEvents)
        for link in span.content.links { writer.message(13) { self.link(link, &$0) } }
        writer.integer(14, span.content.droppedLinks)
        status(span.content.status, &writer)
        writer.fixed32(16, Self.flags(span.context, isParentRemote: span.isParentRemote))
    }

    private func status(_ status: SpanStatus, _ writer: inout ProtobufWriter) {
        let (code, message) = Self.status(status)
        guard code != 0 else { return }
        writer.message(15) { writer in
            if !message.isEmpty { writer.string(2, redactor.text(message)) }
            writer.integer(3, code)
        }
    }

    private func event(_ event: SpanEvent, _ writer: inout ProtobufWriter) {
        writer.fixed64(1, date(event.time))
        writer.string(2, event.name)
        appendProtobuf(event.attributes, 3, to: &writer)
        writer.integer(4, event.droppedAttributes)
    }

    private func link(_ link: SpanLink, _ writer: inout ProtobufWriter) {
        writer.identifier(1, link.context.traceID.value)
        writer.identifier(2, link.context.spanID.value)
        writer.bytes(3, link.context.traceState.bytes)
        appendProtobuf(link.attributes, 4, to: &writer)
        writer.integer(5, link.droppedAttributes)
        writer.fixed32(6, Self.flags(link.context, isParentRemote: link.context.isRemote))
    }

    /// Adds attributes as a repeated field.
    func appendProtobuf(_ attributes: [Attribute], _ field: Int, to writer: inout ProtobufWriter) {
        let list = attributes.span
        for index in list.indices { attribute(list[index], field, &writer) }
    }

    /// `KeyValue` (common.v1). What nearly all values are, text and whole numbers, is written in one go.
    private func attribute(_ attribute: Attribute, _ field: Int, _ writer: inout ProtobufWriter) {
        let key = attribute.key.name
        switch redactor.value(attribute) {
        case .string(let text):
            let text = text.utf8.span
            let length = 1 + ProtobufWriter.varintByteCount(UInt64(text.count)) + text.count
            pair(field, key, length, &writer) { out in
                out.append(0x0a)
                ProtobufWriter.append(varint: UInt64(text.count), to: &out)
                out.append(text, 0..<text.count)
            }
        case .int(let number):
            let number = UInt64(bitPattern: Int64(number))
            pair(field, key, 1 + ProtobufWriter.varintByteCount(number), &writer) { out in
                out.append(0x18)
                ProtobufWriter.append(varint: number, to: &out)
            }
        case let other:
            writer.message(field) { writer in
                writer.string(1, key)
                writer.message(2) { value(other, &$0) }
            }
        }
    }

    /// Adds a `KeyValue` whose value, of `length` bytes, `write` writes.
    @inline(__always) private func pair(
        _ field: Int,
        _ key: String,
        _ length: Int,
        _ writer: inout ProtobufWriter,
        _ write: (inout OutputSpan<UInt8>) -> Void
    ) {
        let key = key.utf8.span
        let keyLength = 1 + ProtobufWriter.varintByteCount(UInt64(key.count)) + key.count
        let whole = keyLength + 1 + ProtobufWriter.varintByteCount(UInt64(length)) + length
        writer.bytes.append(addingCapacity: whole + 20) { out in
            ProtobufWriter.append(varint: UInt64(field << 3 | 2), to: &out)
            ProtobufWriter.append(varint: UInt64(whole), to: &out)
            out.append(0x0a)
            ProtobufWriter.append(varint: UInt64(key.count), to: &out)
            out.append(key, 0..<key.count)
            out.append(0x12)
            ProtobufWriter.append(varint: UInt64(length), to: &out)
            write(&out)
        }
    }

    /// The ids of a span and of its parent.
    private func ids(_ span: SpanData, _ writer: inout ProtobufWriter) {
        writer.bytes.append(addingCapacity: 38) { out in
            out.append(0x0a)
            out.append(16)
            ProtobufWriter.append(span.context.traceID.value.bigEndian, to: &out)
            out.append(0x12)
            out.append(8)
            ProtobufWriter.append(span.context.spanID.value.bigEndian, to: &out)
            guard let parent = span.parent else { return }
            out.append(0x22)
            out.append(8)
            ProtobufWriter.append(parent.value.bigEndian, to: &out)
        }
    }

    /// `AnyValue` (common.v1).
    private func value(_ value: AttributeValue, _ writer: inout ProtobufWriter) {
        switch value {
        case .string(let text): writer.string(1, text)
        case .bool(let value): writer.choice(2, integer: value ? 1 : 0)
        case .int(let number): writer.choice(3, integer: number)
        case .double(let number): writer.choice(4, double: number)
        case .strings(let texts): array(texts.map { .string($0) }, &writer)
        case .bools(let values): array(values.map { .bool($0) }, &writer)
        case .ints(let numbers): array(numbers.map { .int($0) }, &writer)
        case .doubles(let numbers): array(numbers.map { .double($0) }, &writer)
        }
    }

    private func array(_ values: [AttributeValue], _ writer: inout ProtobufWriter) {
        writer.message(5) { writer in
            for element in values { writer.message(1) { value(element, &$0) } }
        }
    }
}

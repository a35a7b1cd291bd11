extension OTLPSpan {
    /// Adds a span as a field of `ScopeSpans` (opentelemetry-proto trace.v1).
    func appendProtobuf(_ span: SpanData, to bytes: inout [UInt8]) {
        var writer = ProtobufWriter()
        // Taken out and put back, so that they are not copied.
        swap(&writer.bytes, &bytes)
        writer.message(2) { self.span(span, &$0) }
        swap(&writer.bytes, &bytes)
    }

    private func span(_ span: SpanData, _ writer: inout ProtobufWriter) {
        writer.identifier(1, span.context.traceID.value)
        writer.identifier(2, span.context.spanID.value)
        writer.bytes(3, span.context.traceState.bytes)
        if let parent = span.parent { writer.identifier(4, parent.value) }
        writer.string(5, span.name)
        writer.integer(6, span.kind.rawValue)
        writer.fixed64(7, date(span.start))
        writer.fixed64(8, date(span.end))
        appendProtobuf(span.content.attributes, 9, to: &writer)
        writer.integer(10, span.content.droppedAttributes)
        for event in span.events { writer.message(11) { self.event(event, &$0) } }
        writer.integer(12, span.content.droppedEvents)
        for link in span.links { writer.message(13) { self.link(link, &$0) } }
        writer.integer(14, span.content.droppedLinks)
        status(span.status, &writer)
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
        for attribute in attributes {
            writer.message(field) { writer in
                writer.string(1, attribute.key.name)
                writer.message(2) { value(redactor.value(attribute), &$0) }
            }
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

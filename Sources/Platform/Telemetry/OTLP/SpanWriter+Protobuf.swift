import Reactor

/// Spans as fields of `ScopeSpans` in protocol buffers (opentelemetry-proto trace.v1).
extension SpanWriter {
    mutating func appendProtobuf(
        _ core: borrowing SpanCore,
        _ times: (start: UInt64, end: UInt64),
        _ content: borrowing SpanContent,
        _ derive: (inout SpanWriter) -> Void
    ) {
        // Nearly all spans have 128 to 16 383 bytes.
        let span = output.begin(2, lengthBytes: 2)
        head(core, times, content.name)
        output.integer(10, addAttributes(derive))
        for event in content.events { self.event(event) }
        output.integer(12, content.droppedEvents)
        for link in content.links { self.link(link) }
        output.integer(14, content.droppedLinks)
        status(content.status)
        output.fixed32(16, Self.flags(core.origin.context, isParentRemote: core.origin.isParentRemote))
        output.end(span)
    }

    /// What each span has, in one go.
    private mutating func head(
        _ core: borrowing SpanCore,
        _ times: (start: UInt64, end: UInt64),
        _ name: String
    ) {
        let (context, parent) = (core.origin.context, core.origin.parent)
        let kind = UInt8(core.kind.rawValue)
        let (state, name) = (context.traceState.bytes.span, name.utf8.span)
        output.bytes.append(addingCapacity: 80 + state.count + name.count) { out in
            out.append(0x0a)
            out.append(16)
            ProtobufWriter.append(context.traceID.value.bigEndian, to: &out)
            out.append(0x12)
            out.append(8)
            ProtobufWriter.append(context.spanID.value.bigEndian, to: &out)
            if !state.isEmpty { ProtobufWriter.append(3, state, to: &out) }
            if let parent {
                out.append(0x22)
                out.append(8)
                ProtobufWriter.append(parent.value.bigEndian, to: &out)
            }
            ProtobufWriter.append(5, name, to: &out)
            out.append(0x30)
            out.append(kind)
            out.append(0x39)
            ProtobufWriter.append(times.start.littleEndian, to: &out)
            out.append(0x41)
            ProtobufWriter.append(times.end.littleEndian, to: &out)
        }
    }

    private mutating func status(_ status: SpanStatus) {
        let (code, message) = Self.status(status)
        guard code != 0 else { return }
        let start = output.begin(15)
        if !message.isEmpty { output.string(2, redactor.text(message)) }
        output.integer(3, code)
        output.end(start)
    }

    private mutating func event(_ event: SpanEvent) {
        let start = output.begin(11)
        output.fixed64(1, date(event.time))
        output.string(2, event.name)
        for attribute in event.attributes { write(attribute, 3) }
        output.integer(4, event.droppedAttributes)
        output.end(start)
    }

    private mutating func link(_ link: SpanLink) {
        let start = output.begin(13)
        output.identifier(1, link.context.traceID.value)
        output.identifier(2, link.context.spanID.value)
        output.bytes(3, link.context.traceState.bytes)
        for attribute in link.attributes { write(attribute, 4) }
        output.integer(5, link.droppedAttributes)
        output.fixed32(6, Self.flags(link.context, isParentRemote: link.context.isRemote))
        output.end(start)
    }

    // MARK: Attributes

    /// `KeyValue` (common.v1), as an element of a field. What nearly all values are, text and whole numbers, is written in
    /// one go.
    mutating func appendProtobuf(_ key: AttributeKey, _ value: AttributeValue, _ field: Int) {
        switch value {
        case .string(let text): appendProtobuf(key, "", text.utf8.span, field)
        case .int(let number):
            let number = UInt64(bitPattern: Int64(number))
            pair(field, key.name, 1 + ProtobufWriter.varintByteCount(number)) { out in
                out.append(0x18)
                ProtobufWriter.append(varint: number, to: &out)
            }
        case let other:
            let start = output.begin(field)
            output.string(1, key.name)
            output.message(2) { Self.value(other, &$0) }
            output.end(start)
        }
    }

    /// The same of a text in two parts.
    mutating func appendProtobuf(
        _ key: AttributeKey,
        _ opening: String,
        _ text: Span<UInt8>,
        _ field: Int = spanAttributes
    ) {
        let opening = opening.utf8.span
        let count = opening.count + text.count
        pair(field, key.name, 1 + ProtobufWriter.varintByteCount(UInt64(count)) + count) { out in
            out.append(0x0a)
            ProtobufWriter.append(varint: UInt64(count), to: &out)
            out.append(opening, 0..<opening.count)
            out.append(text, 0..<text.count)
        }
    }

    /// Adds a `KeyValue` whose value, of `length` bytes, `write` writes.
    @inline(__always) private mutating func pair(
        _ field: Int,
        _ key: String,
        _ length: Int,
        _ write: (inout OutputSpan<UInt8>) -> Void
    ) {
        let key = key.utf8.span
        let keyLength = 1 + ProtobufWriter.varintByteCount(UInt64(key.count)) + key.count
        let whole = keyLength + 1 + ProtobufWriter.varintByteCount(UInt64(length)) + length
        output.bytes.append(addingCapacity: whole + 20) { out in
            ProtobufWriter.append(varint: UInt64(field << 3 | 2), to: &out)
            ProtobufWriter.append(varint: UInt64(whole), to: &out)
            ProtobufWriter.append(1, key, to: &out)
            out.append(0x12)
            ProtobufWriter.append(varint: UInt64(length), to: &out)
            write(&out)
        }
    }

    /// `AnyValue` (common.v1).
    private static func value(_ value: AttributeValue, _ writer: inout ProtobufWriter) {
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

    private static func array(_ values: [AttributeValue], _ writer: inout ProtobufWriter) {
        writer.message(5) { writer in
            for element in values { writer.message(1) { value(element, &$0) } }
        }
    }
}

import Reactor

/// Spans in OTLP's JSON (OTLP specification, "JSON Protobuf Encoding"): ids in hex digits, keys in camel case, enums as
/// numbers, 64-bit numbers as text. Fields that are empty or 0 are left out. Each element stands behind a comma; where it is the
/// first one, a space takes its place.
extension SpanWriter {
    mutating func appendJSON(
        _ core: borrowing SpanCore,
        _ times: (start: UInt64, end: UInt64),
        _ content: borrowing SpanContent,
        _ derive: (inout SpanWriter) -> Void
    ) {
        output.bytes.append(",")
        ids(core.origin.context, core.origin.parent)
        JSONText.append(#","name":""#, content.name, "\"", to: &output.bytes)
        let kind = UInt64(core.kind.rawValue)
        let flags = Self.flags(core.origin.context, isParentRemote: core.origin.isParentRemote)
        output.bytes.append(addingCapacity: 128) { out in
            out.append(#","kind":"#)
            DecimalText.append(kind, to: &out)
            out.append(#","startTimeUnixNano":""#)
            DecimalText.append(times.start, to: &out)
            out.append(#"","endTimeUnixNano":""#)
            DecimalText.append(times.end, to: &out)
            out.append(#"","flags":"#)
            DecimalText.append(UInt64(flags), to: &out)
        }
        var dropped = 0
        members(#","attributes":["#) { dropped = $0.addAttributes(derive) }
        count(#","droppedAttributesCount":"#, dropped)
        let (events, links) = (content.events, content.links)
        members(#","events":["#) { for event in events { $0.event(event) } }
        count(#","droppedEventsCount":"#, content.droppedEvents)
        members(#","links":["#) { for link in links { $0.link(link) } }
        count(#","droppedLinksCount":"#, content.droppedLinks)
        status(content.status)
        output.bytes.append("}")
    }

    private mutating func status(_ status: SpanStatus) {
        let (code, message) = Self.status(status)
        guard code != 0 else { return }
        count(#","status":{"code":"#, code)
        if !message.isEmpty {
            JSONText.append(#","message":""#, redactor.text(message), "\"", to: &output.bytes)
        }
        output.bytes.append("}")
    }

    private mutating func event(_ event: SpanEvent) {
        let time = date(event.time)
        output.bytes.append(addingCapacity: 64) { out in
            out.append(#",{"timeUnixNano":""#)
            DecimalText.append(time, to: &out)
            out.append("\"")
        }
        JSONText.append(#","name":""#, event.name, "\"", to: &output.bytes)
        attributes(event.attributes, dropped: event.droppedAttributes)
        output.bytes.append("}")
    }

    private mutating func link(_ link: SpanLink) {
        output.bytes.append(",")
        ids(link.context, nil)
        attributes(link.attributes, dropped: link.droppedAttributes)
        count(#","flags":"#, Int(Self.flags(link.context, isParentRemote: link.context.isRemote)))
        output.bytes.append("}")
    }

    private mutating func attributes(_ list: [Attribute], dropped: Int) {
        members(#","attributes":["#) { for attribute in list { $0.write(attribute) } }
        count(#","droppedAttributesCount":"#, dropped)
    }

    /// The first members of a span or a link, and the brace in front of them.
    private mutating func ids(_ context: SpanContext, _ parent: SpanID?) {
        output.bytes.append(addingCapacity: 144) { out in
            out.append(#"{"traceId":""#)
            Hexadecimal.append(context.traceID.value, to: &out)
            out.append(#"","spanId":""#)
            Hexadecimal.append(context.spanID.value, to: &out)
            if let parent {
                out.append(#"","parentSpanId":""#)
                Hexadecimal.append(parent.value, to: &out)
            }
            out.append("\"")
        }
        guard !context.traceState.isEmpty else { return }
        JSONText.append(#","traceState":""#, context.traceState.bytes.span, "\"", to: &output.bytes)
    }

    // MARK: Parts that may be missing

    private mutating func count(_ key: StaticString, _ number: Int) {
        guard number != 0 else { return }
        output.bytes.append(key)
        DecimalText.append(Int64(number), to: &output.bytes)
    }

    /// An array, of which nothing stays where `write` adds nothing.
    private mutating func members(_ opening: StaticString, _ write: (inout SpanWriter) -> Void) {
        output.bytes.append(opening)
        let start = output.bytes.count
        write(&self)
        guard output.bytes.count > start else { return output.bytes.removeLast(opening.utf8CodeUnitCount) }
        output.bytes[start] = UInt8(ascii: " ")
        output.bytes.append("]")
    }

    // MARK: Attributes

    mutating func appendJSON(_ key: AttributeKey, _ value: AttributeValue) {
        JSONText.append(
            #",{"key":""#,
            key.name,
            #"","value":{"#,
            isPlain: key.knowledge >= .plainName,
            to: &output.bytes
        )
        self.value(value)
        output.bytes.append("}")
    }

    /// The same of a text in two parts under a name that needs no escapes.
    mutating func appendJSON(_ key: AttributeKey, _ opening: String, _ text: Span<UInt8>) {
        JSONText.append(
            #",{"key":""#,
            key.name,
            #"","value":{"stringValue":""#,
            isPlain: true,
            to: &output.bytes
        )
        if !opening.isEmpty { JSONText.append("", opening, "", to: &output.bytes) }
        JSONText.append("", text, #""}}"#, to: &output.bytes)
    }

    /// Adds what is in a value's braces, and the closing one.
    private mutating func value(_ value: AttributeValue) {
        switch value {
        case .string(let text): JSONText.append(#""stringValue":""#, text, "\"}", to: &output.bytes)
        case .bool(let value): output.bytes.append(value ? #""boolValue":true}"# : #""boolValue":false}"#)
        case .int(let number):
            output.bytes.append(addingCapacity: 48) { out in
                out.append(#""intValue":""#)
                DecimalText.append(signed: Int64(number), to: &out)
                out.append("\"}")
            }
        case .double(let number):
            output.bytes.append(#""doubleValue":"#)
            JSONText.append(number, to: &output.bytes)
            output.bytes.append("}")
        case .strings(let texts): array(texts.map { .string($0) })
        case .bools(let values): array(values.map { .bool($0) })
        case .ints(let numbers): array(numbers.map { .int($0) })
        case .doubles(let numbers): array(numbers.map { .double($0) })
        }
    }

    private mutating func array(_ values: [AttributeValue]) {
        output.bytes.append(#""arrayValue":{"values":["#)
        for (index, element) in values.enumerated() {
            output.bytes.append(index > 0 ? ",{" : "{")
            value(element)
        }
        output.bytes.append("]}}")
    }
}

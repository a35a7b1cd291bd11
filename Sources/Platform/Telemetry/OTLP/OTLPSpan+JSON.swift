extension OTLPSpan {
    /// Adds a span in OTLP's JSON (OTLP specification, "JSON Protobuf Encoding"), behind a comma: ids in hex digits, keys in
    /// camel case, enums as numbers, 64-bit numbers as text. What is empty or 0 is left out.
    func appendJSON(_ span: SpanData, to json: inout [UInt8]) {
        json.append(",")
        ids(span.context, span.parent, &json)
        JSONText.append(#","name":""#, span.name, "\"", to: &json)
        json.append(addingCapacity: 128) { out in
            out.append(#","kind":"#)
            DecimalText.append(UInt64(span.kind.rawValue), to: &out)
            out.append(#","startTimeUnixNano":""#)
            DecimalText.append(date(span.start), to: &out)
            out.append(#"","endTimeUnixNano":""#)
            DecimalText.append(date(span.end), to: &out)
            out.append(#"","flags":"#)
            DecimalText.append(
                UInt64(Self.flags(span.context, isParentRemote: span.isParentRemote)),
                to: &out
            )
        }
        attributes(span.content.attributes, dropped: span.content.droppedAttributes, &json)
        members(#","events":["#, span.content.events, &json) { event($0, &$1) }
        count(#","droppedEventsCount":"#, span.content.droppedEvents, &json)
        members(#","links":["#, span.content.links, &json) { link($0, &$1) }
        count(#","droppedLinksCount":"#, span.content.droppedLinks, &json)
        status(span.content.status, &json)
        json.append("}")
    }

    private func status(_ status: SpanStatus, _ json: inout [UInt8]) {
        let (code, message) = Self.status(status)
        guard code != 0 else { return }
        count(#","status":{"code":"#, code, &json)
        if !message.isEmpty {
            JSONText.append(#","message":""#, redactor.text(message), "\"", to: &json)
        }
        json.append("}")
    }

    private func event(_ event: SpanEvent, _ json: inout [UInt8]) {
        json.append(addingCapacity: 64) { out in
            out.append(#"{"timeUnixNano":""#)
            DecimalText.append(date(event.time), to: &out)
            out.append("\"")
        }
        JSONText.append(#","name":""#, event.name, "\"", to: &json)
        attributes(event.attributes, dropped: event.droppedAttributes, &json)
        json.append("}")
    }

    private func link(_ link: SpanLink, _ json: inout [UInt8]) {
        ids(link.context, nil, &json)
        attributes(link.attributes, dropped: link.droppedAttributes, &json)
        count(
            #","flags":"#,
            Int(Self.flags(link.context, isParentRemote: link.context.isRemote)),
            &json
        )
        json.append("}")
    }

    /// The first members of a span or a link, and the brace in front of them.
    private func ids(_ context: SpanContext, _ parent: SpanID?, _ json: inout [UInt8]) {
        json.append(addingCapacity: 144) { out in
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
        JSONText.append(#","traceState":""#, context.traceState.bytes.span, "\"", to: &json)
    }

    // MARK: Parts that may be missing

    private func count(_ key: StaticString, _ number: Int, _ json: inout [UInt8]) {
        guard number != 0 else { return }
        json.append(key)
        DecimalText.append(Int64(number), to: &json)
    }

    private func members<Element>(
        _ opening: StaticString,
        _ elements: [Element],
        _ json: inout [UInt8],
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        guard !elements.isEmpty else { return }
        json.append(opening)
        for (index, element) in elements.enumerated() {
            if index > 0 { json.append(",") }
            write(element, &json)
        }
        json.append("]")
    }

    // MARK: Attributes

    private func attributes(_ list: [Attribute], dropped: Int, _ json: inout [UInt8]) {
        if !list.isEmpty {
            json.append(#","attributes":["#)
            appendJSON(list, to: &json)
            json.append("]")
        }
        count(#","droppedAttributesCount":"#, dropped, &json)
    }

    /// Adds attributes as the elements of an array.
    func appendJSON(_ list: [Attribute], to json: inout [UInt8]) {
        let list = list.span
        for index in list.indices { attribute(list[index], isFirst: index == 0, &json) }
        if !list.isEmpty { json.append("}") }
    }

    /// Adds an attribute but for its last brace, which goes with the next one.
    private func attribute(_ attribute: Attribute, isFirst: Bool, _ json: inout [UInt8]) {
        let opening: StaticString = isFirst ? #"{"key":""# : #"},{"key":""#
        JSONText.append(
            opening,
            attribute.key.name,
            #"","value":{"#,
            isPlain: attribute.key.knowledge >= .plainName,
            to: &json
        )
        value(redactor.value(attribute), &json)
    }

    /// Adds what is in a value's braces, and the closing one.
    private func value(_ value: AttributeValue, _ json: inout [UInt8]) {
        switch value {
        case .string(let text): JSONText.append(#""stringValue":""#, text, "\"}", to: &json)
        case .bool(let value): json.append(value ? #""boolValue":true}"# : #""boolValue":false}"#)
        case .int(let number):
            json.append(addingCapacity: 48) { out in
                out.append(#""intValue":""#)
                DecimalText.append(signed: Int64(number), to: &out)
                out.append("\"}")
            }
        case .double(let number):
            json.append(#""doubleValue":"#)
            JSONText.append(number, to: &json)
            json.append("}")
        case .strings(let texts): array(texts.map { .string($0) }, &json)
        case .bools(let values): array(values.map { .bool($0) }, &json)
        case .ints(let numbers): array(numbers.map { .int($0) }, &json)
        case .doubles(let numbers): array(numbers.map { .double($0) }, &json)
        }
    }

    private func array(_ values: [AttributeValue], _ json: inout [UInt8]) {
        json.append(#""arrayValue":{"#)
        members(#""values":["#, values, &json) { element, json in
            json.append("{")
            value(element, &json)
        }
        json.append("}}")
    }
}

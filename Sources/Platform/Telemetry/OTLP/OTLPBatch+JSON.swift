extension OTLPBatch {
    /// The batch in OTLP's JSON (OTLP specification, "JSON Protobuf Encoding"): ids in hex digits,
    /// keys in camel case, enums as numbers, 64-bit numbers as text.
    var json: [UInt8] {
        var json = JSONObjectWriter()
        json.array("resourceSpans") { json in
            json.object { json in
                json.object("resource") { attributes(resource.attributes.list, &$0) }
                json.array("scopeSpans") { json in
                    json.object { json in
                        json.object("scope") { $0.text("name", Self.scope) }
                        json.array("spans") { json in
                            for span in spans { json.object { self.span(span, &$0) } }
                        }
                    }
                }
            }
        }
        return json.finished()
    }

    private func span(_ span: SpanData, _ json: inout JSONObjectWriter) {
        ids(span.context, &json)
        if let parent = span.parent { json.text("parentSpanId", parent.description) }
        json.text("name", span.name)
        json.number("kind", span.kind.rawValue)
        json.text("startTimeUnixNano", "\(date(span.start))")
        json.text("endTimeUnixNano", "\(date(span.end))")
        attributes(span.content.attributes, dropped: span.content.droppedAttributes, &json)
        json.array("events") { json in
            for event in span.events { json.object { self.event(event, &$0) } }
        }
        json.number("droppedEventsCount", span.content.droppedEvents)
        json.array("links") { json in
            for link in span.links { json.object { self.link(link, &$0) } }
        }
        json.number("droppedLinksCount", span.content.droppedLinks)
        let (code, message) = Self.status(span.status)
        json.object("status") { json in
            if !message.isEmpty { json.text("message", redactor.text(message)) }
            json.number("code", code)
        }
        json.number("flags", Int(Self.flags(span.context, isParentRemote: span.isParentRemote)))
    }

    private func event(_ event: SpanEvent, _ json: inout JSONObjectWriter) {
        json.text("timeUnixNano", "\(date(event.time))")
        json.text("name", event.name)
        attributes(event.attributes, dropped: event.droppedAttributes, &json)
    }

    private func link(_ link: SpanLink, _ json: inout JSONObjectWriter) {
        ids(link.context, &json)
        attributes(link.attributes, dropped: link.droppedAttributes, &json)
        json.number("flags", Int(Self.flags(link.context, isParentRemote: link.context.isRemote)))
    }

    private func ids(_ context: SpanContext, _ json: inout JSONObjectWriter) {
        json.text("traceId", context.traceID.description)
        json.text("spanId", context.spanID.description)
        guard !context.traceState.isEmpty else { return }
        json.text("traceState", String(decoding: context.traceState.bytes, as: UTF8.self))
    }

    private func attributes(_ list: [Attribute], dropped: Int = 0, _ json: inout JSONObjectWriter) {
        json.array("attributes") { json in
            for attribute in list {
                json.object { json in
                    json.text("key", attribute.key.name)
                    json.object("value") { value(redactor.value(attribute), &$0) }
                }
            }
        }
        json.number("droppedAttributesCount", dropped)
    }

    private func value(_ value: AttributeValue, _ json: inout JSONObjectWriter) {
        switch value {
        case .string(let text): json.text("stringValue", text)
        case .bool(let value): json.bool("boolValue", value)
        case .int(let number): json.text("intValue", "\(number)")
        case .double(let number): json.number("doubleValue", number)
        case .strings(let texts): array(texts.map { .string($0) }, &json)
        case .bools(let values): array(values.map { .bool($0) }, &json)
        case .ints(let numbers): array(numbers.map { .int($0) }, &json)
        case .doubles(let numbers): array(numbers.map { .double($0) }, &json)
        }
    }

    private func array(_ values: [AttributeValue], _ json: inout JSONObjectWriter) {
        json.object("arrayValue") { json in
            json.array("values") { json in
                for element in values { json.object { value(element, &$0) } }
            }
        }
    }
}

/// Lines as JSON objects: `ts level service instance msg trace_id span_id request_id` and the fields.
struct JSONLogFormat: Sendable {
    /// The longest text of a field or message, in bytes.
    static let textLimit = 16_384

    private let redactor: Redactor
    /// `,"service":"…","instance":"…"`, the same in all lines.
    let identity: [UInt8]

    init(service: String, instance: String, redactor: Redactor) {
        self.redactor = redactor
        var identity: [UInt8] = []
        for (key, text) in [(LogKey.service, service), (LogKey.instance, instance)] {
            identity.append(UInt8(ascii: ","))
            JSONText.append(key: key, to: &identity)
            JSONText.append(text, to: &identity)
        }
        self.identity = identity
    }

    /// Adds a whole line.
    func append(_ line: LogLine, to bytes: inout [UInt8]) {
        begin(line.time, line.level, to: &bytes)
        text(LogKey.message, line.message, to: &bytes)
        ids(line.span, line.requestID, to: &bytes)
        text(LogKey.module, line.module, to: &bytes)
        if line.repeated > 0 { number(LogKey.repeated, line.repeated, to: &bytes) }
        for field in line.fields { append(field, to: &bytes) }
        for field in line.more { append(field, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Adds the opening brace and what begins each line.
    func begin(_ time: Int64, _ level: LogLevel, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        JSONText.append(key: LogKey.time, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        DecimalText.append(date: time, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        plain(LogKey.level, level.description, to: &bytes)
        bytes.append(contentsOf: identity)
    }

    /// Adds the ids that there are.
    func ids(_ span: SpanContext, _ requestID: RequestID?, to bytes: inout [UInt8]) {
        if span.isValid {
            key(LogKey.traceID, to: &bytes)
            quoted(&bytes) { Hexadecimal.append(span.traceID.value, to: &$0) }
            key(LogKey.spanID, to: &bytes)
            quoted(&bytes) { Hexadecimal.append(span.spanID.value, to: &$0) }
        }
        guard let requestID else { return }
        key(LogKey.requestID, to: &bytes)
        quoted(&bytes) { requestID.append(to: &$0) }
    }

    /// Adds a field with text that needs neither escapes nor redaction.
    func plain(_ name: String, _ text: String, to bytes: inout [UInt8]) {
        key(name, to: &bytes)
        quoted(&bytes) { $0.append(contentsOf: text.utf8) }
    }

    /// Adds a field with any text, redacted and cut to length.
    func text(_ name: String, _ text: String, to bytes: inout [UInt8]) {
        key(name, to: &bytes)
        quoted(&bytes) { self.text(text.utf8.span, to: &$0) }
    }

    /// Adds a field with a number.
    func number(_ name: String, _ number: Int, to bytes: inout [UInt8]) {
        key(name, to: &bytes)
        DecimalText.append(Int64(number), to: &bytes)
    }

    /// Adds `,"name":`.
    func key(_ name: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        JSONText.append(key: name, to: &bytes)
    }

    /// Adds UTF-8, redacted, cut to length and escaped.
    func text(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        var end = min(text.count, Self.textLimit)
        while end > 0, end < text.count, text[end] & 0xc0 == 0x80 { end -= 1 }
        let text = text.extracting(0..<end)
        redactor.forEachPart(text.count, SecretScan.findings(in: text)) { part in
            guard let part else { return bytes.append(contentsOf: Redactor.mask.utf8) }
            JSONText.append(text, part, to: &bytes)
        }
    }

    private func append(_ field: Attribute, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        JSONText.append(field.key.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        if case .string(let text) = field.value, !redactor.isSecret(field.key) {
            quoted(&bytes) { self.text(text.utf8.span, to: &$0) }
        } else {
            JSONText.append(redactor.value(field), to: &bytes)
        }
    }

    private func quoted(_ bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

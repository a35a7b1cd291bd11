/// Lines for a person at a terminal: `12:00:00.123 INFO  http  message  key=value`.
struct HumanLogFormat: Sendable {
    private let redactor: Redactor
    private let isColored: Bool

    init(redactor: Redactor, isColored: Bool) {
        self.redactor = redactor
        self.isColored = isColored
    }

    /// Adds a whole line; control characters become spaces, so that a text neither ends the line nor moves the cursor.
    func append(_ line: LogLine, to bytes: inout [UInt8]) {
        paint("2", &bytes) { DecimalText.append(time: line.time, digits: 3, to: &$0) }
        bytes.append(UInt8(ascii: " "))
        let level = line.level.description.uppercased()
        let pad = String(repeating: " ", count: max(1, 9 - level.utf8.count))
        paint(color(of: line.level), &bytes) { $0.append(contentsOf: (level + pad).utf8) }
        paint("36", &bytes) { $0.append(contentsOf: line.module.utf8) }
        bytes.append(UInt8(ascii: " "))
        text(line.message, to: &bytes)
        if line.repeated > 0 { field(LogKey.repeated, "\(line.repeated)", to: &bytes) }
        for attribute in line.fields + line.more {
            field(attribute.key.name, display(redactor.value(attribute)), to: &bytes)
        }
        if line.span.isValid { field(LogKey.traceID, line.span.traceID.description, to: &bytes) }
    }

    private func field(_ name: String, _ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: " "))
        paint("2", &bytes) { bytes in
            self.text(name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
        }
        self.text(text, to: &bytes)
    }

    private func text(_ text: String, to bytes: inout [UInt8]) {
        for byte in redactor.text(text).utf8.prefix(JSONLogFormat.textLimit) {
            bytes.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: " ") : byte)
        }
    }

    private func display(_ value: AttributeValue) -> String {
        if case .string(let text) = value { return text }
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Colours by SGR numbers (ECMA-48 §8.3.117).
    private func paint(_ color: String, _ bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        if isColored { bytes.append(contentsOf: "\u{1b}[\(color)m".utf8) }
        body(&bytes)
        if isColored { bytes.append(contentsOf: "\u{1b}[0m".utf8) }
    }

    private func color(of level: LogLevel) -> String {
        switch level {
        case .trace, .debug: "2"
        case .info: "32"
        case .warning: "33"
        case .error: "31"
        case .critical: "1;31"
        }
    }
}

/// Writes JSON as this module's formats need it: compact, names in the order of their bytes.
enum JSONText {
    /// The text of an object, as bytes.
    static func encode(_ object: [String: ClaimValue]) -> [UInt8] {
        var text: [UInt8] = []
        write(.object(object), to: &text)
        return text
    }

    private static func write(_ value: ClaimValue, to text: inout [UInt8]) {
        switch value {
        case .null: text += "null".utf8
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .integer(let value): text += "\(value)".utf8
        // JSON has no form for what is not finite (RFC 8259 §6).
        case .number(let value): text += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let value): write(value, to: &text)
        case .array(let values):
            writeList(values, between: ("[", "]"), to: &text) { write($0, to: &$1) }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            writeList(sorted, between: ("{", "}"), to: &text) { member, text in
                write(member.key, to: &text)
                text.append(UInt8(ascii: ":"))
                write(member.value, to: &text)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element],
        between marks: (String, String),
        to text: inout [UInt8],
        each: (Element, inout [UInt8]) -> Void
    ) {
        text += marks.0.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            each(element, &text)
        }
        text += marks.1.utf8
    }

    private static func write(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: text += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

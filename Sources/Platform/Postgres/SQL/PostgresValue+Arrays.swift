/// What an array may hold. Bytes decide for themselves: an array of them is a `bytea`.
public protocol PostgresElement: Sendable {
    /// Appends the whole array's text.
    static func write(_ elements: [Self], to writer: inout PostgresValueWriter)

    /// Reads a whole array.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable`.
    static func read(_ cell: PostgresCell) throws(PostgresError) -> [Self]
}

extension Array: PostgresValue where Element: PostgresElement {
    /// An array of one dimension, or a `bytea`.
    public func write(to writer: inout PostgresValueWriter) { Element.write(self, to: &writer) }
    /// Reads an array of one dimension, or a `bytea`.
    public init(reading cell: PostgresCell) throws(PostgresError) { self = try Element.read(cell) }
}

extension PostgresElement where Self: PostgresValue {
    /// `{"first","second",NULL}`
    public static func write(_ elements: [Self], to writer: inout PostgresValueWriter) {
        writer.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            writer.appendElement(element)
        }
        writer.append(UInt8(ascii: "}"))
    }

    /// Reads the elements of an array of one dimension.
    public static func read(_ cell: PostgresCell) throws(PostgresError) -> [Self] {
        guard let texts = ArrayText.elements(of: try cell.text().utf8.span) else {
            throw cell.mismatch("array")
        }
        var elements: [Self] = []
        elements.reserveCapacity(texts.count)
        for text in texts { elements.append(try Self(reading: PostgresCell(text: text, of: cell))) }
        return elements
    }
}

extension UInt8: PostgresElement {
    /// `\x` and two hex digits a byte (PostgreSQL manual, 8.4.1).
    public static func write(_ elements: [UInt8], to writer: inout PostgresValueWriter) {
        writer.append("\\x")
        for byte in elements {
            writer.append(hexDigit(byte >> 4))
            writer.append(hexDigit(byte & 15))
        }
    }

    /// Reads `\x` and two hex digits a byte.
    public static func read(_ cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        guard let bytes = cell.hexBytes() else { throw cell.mismatch("bytea") }
        return bytes
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// The text form of arrays (PostgreSQL manual, 8.15.6).
enum ArrayText {
    /// Takes an array of one dimension apart: nil for an element that is NULL; no result for text that is no such array.
    static func elements(of text: Span<UInt8>) -> [String?]? {
        guard text.count >= 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") else {
            return nil
        }
        var elements: [String?] = []
        var index = 1
        while index < text.count - 1 {
            guard let element = element(of: text, at: &index) else { return nil }
            elements.append(element.isNull ? nil : String(decoding: element.bytes, as: UTF8.self))
            guard text[index] == UInt8(ascii: ",") else { break }
            index += 1
        }
        return index == text.count - 1 ? elements : nil
    }

    private struct Element {
        var bytes: [UInt8] = []
        var isNull = false
    }

    /// Reads up to the comma or the last brace.
    private static func element(of text: Span<UInt8>, at index: inout Int) -> Element? {
        var element = Element()
        let isQuoted = text[index] == UInt8(ascii: "\"")
        if isQuoted { index += 1 }
        while index < text.count - 1 {
            switch text[index] {
            case UInt8(ascii: "\\"):
                index += 1
                guard index < text.count - 1 else { return nil }
                element.bytes.append(text[index])
            case UInt8(ascii: "\"") where isQuoted:
                index += 1
                return element
            case UInt8(ascii: ",") where !isQuoted: return finish(element)
            case UInt8(ascii: "{") where !isQuoted: return nil
            case let byte: element.bytes.append(byte)
            }
            index += 1
        }
        return isQuoted ? nil : finish(element)
    }

    private static func finish(_ element: Element) -> Element {
        var element = element
        element.isNull = element.bytes.count == 4 && element.bytes.elementsEqual("NULL".utf8)
        return element
    }
}

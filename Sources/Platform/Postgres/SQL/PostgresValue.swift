import FoundationEssentials
import JSON

/// A type whose values can be parameters of a statement and columns of its rows, in PostgreSQL's text form.
///
/// Text, not the binary form: the server converts it to whatever type the place has, so an `Int` fits `int2`, `int8` and
/// `numeric`, and a `String` reads every type there is (docs/adr/0010).
public protocol PostgresValue: Sendable {
    /// Appends the text that the server's input function takes, or calls ``PostgresValueWriter/setNull()``.
    func write(to writer: inout PostgresValueWriter)

    /// Reads a column.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable`.
    init(reading cell: PostgresCell) throws(PostgresError)
}

/// Takes the text of one parameter.
public struct PostgresValueWriter: Sendable {
    private var bytes: [UInt8]
    let start: Int
    private(set) var isNull = false
    private(set) var problem: String?

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
        start = bytes.count
    }

    /// Appends text. A NUL in it makes the call fail: PostgreSQL's texts can't hold one.
    public mutating func append(_ text: String) {
        let utf8 = text.utf8.span
        for index in utf8.indices where utf8[index] == 0 {
            problem = "a text with a NUL byte can't be stored"
        }
        // The pointer is used within the closure only.
        unsafe utf8.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends 36 characters (RFC 9562, section 4).
    mutating func append(_ id: UUID) { UUIDText.append(id, to: &bytes) }

    /// Appends one ASCII character, not NUL.
    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Says that the parameter is NULL; anything appended is ignored.
    public mutating func setNull() { isNull = true }

    /// Says why the value has no text that the server would take: the call then fails with `notEncodable`.
    public mutating func refuse(_ reason: String) { problem = reason }

    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    /// Appends what `element` writes as one quoted element of an array's text (PostgreSQL manual, 8.15.2).
    mutating func appendElement(_ element: some PostgresValue) {
        var writer = PostgresValueWriter()
        element.write(to: &writer)
        if let reason = writer.problem { problem = reason }
        guard !writer.isNull else { return append("NULL") }
        bytes.append(UInt8(ascii: "\""))
        for byte in writer.bytes {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

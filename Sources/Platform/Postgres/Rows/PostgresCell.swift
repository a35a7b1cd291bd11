/// One column of one row, in PostgreSQL's text form.
public struct PostgresCell: Sendable {
    private enum Source: Sendable {
        case field(QueryResult, row: Int, column: Int)
        /// An element of an array: its text, nil for NULL.
        case element(String?)
    }

    private let source: Source
    /// The type's number in `pg_type`; for an element of an array, that of the array.
    public let typeID: UInt32

    init(_ result: QueryResult, row: Int, column: Int) {
        source = .field(result, row: row, column: column)
        typeID = result.typeID(column)
    }

    init(text: String?, of array: PostgresCell) {
        source = .element(text)
        typeID = array.typeID
    }

    /// Whether it is NULL.
    public var isNull: Bool {
        switch source {
        case .field(let result, let row, let column): result.isNull(row, column)
        case .element(let text): text == nil
        }
    }

    /// Whether its type is `json` or `jsonb`.
    var isJSON: Bool { typeID == 114 || typeID == 3802 }

    /// The text.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable` for NULL.
    public func text() throws(PostgresError) -> String {
        // Every connection has UTF8 as its encoding, which the server enforces.
        try withText { text in
            unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Lends the text's bytes.
    func withText<Value>(_ body: (Span<UInt8>) -> Value) throws(PostgresError) -> Value {
        guard !isNull else {
            throw PostgresError(.notDecodable, "a column is NULL where a value is expected")
        }
        switch source {
        case .field(let result, let row, let column): return result.withField(row, column, body)
        case .element(let text): return body((text ?? "").utf8.span)
        }
    }

    /// An integer in decimal digits; nil when it is none, or too large for the type.
    func integer<Integer: FixedWidthInteger>() throws(PostgresError) -> Integer? {
        try withText { text in
            let isNegative = text.count > 1 && text[0] == UInt8(ascii: "-")
            var value: Integer = 0
            guard text.count > 0 else { return nil }
            for index in (isNegative ? 1 : 0)..<text.count {
                guard (48...57).contains(text[index]), let digit = Integer(exactly: text[index] - 48) else {
                    return nil
                }
                let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) =
                    isNegative
                    ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
                guard !overflow, !carry else { return nil }
                value = sum
            }
            return value
        }
    }

    /// The bytes of a `bytea` in hex; nil when it is none.
    func hexBytes() -> [UInt8]? {
        let bytes = try? withText { text -> [UInt8]? in
            guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"),
                text[1] == UInt8(ascii: "x")
            else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count / 2 - 1)
            for index in stride(from: 2, to: text.count, by: 2) {
                guard let high = Self.nibble(text[index]), let low = Self.nibble(text[index + 1]) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
        return bytes ?? nil
    }

    /// The error for a text that is no value of `type`; the text itself may be a secret and stays out.
    func mismatch(_ type: String) -> PostgresError {
        PostgresError(.notDecodable, "a column of type \(typeID) holds no \(type)")
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

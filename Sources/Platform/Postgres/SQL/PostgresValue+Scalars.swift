public import FoundationEssentials
import JSON

extension Bool: PostgresValue, PostgresElement {
    /// `t` or `f`.
    public func write(to writer: inout PostgresValueWriter) { writer.append(UInt8(ascii: self ? "t" : "f")) }
    /// Reads `t`, `f`, `true`, `false`.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        switch try cell.text() {
        case "t", "true": self = true
        case "f", "false": self = false
        default: throw cell.mismatch("Bool")
        }
    }
}

extension PostgresValue where Self: FixedWidthInteger & LosslessStringConvertible {
    /// Decimal digits.
    public func write(to writer: inout PostgresValueWriter) { writer.append(String(self)) }
    /// Reads decimal digits that fit the type.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        guard let value: Self = try cell.integer() else { throw cell.mismatch("\(Self.self)") }
        self = value
    }
}

extension Int: PostgresValue, PostgresElement {}
extension Int16: PostgresValue, PostgresElement {}
extension Int32: PostgresValue, PostgresElement {}
extension Int64: PostgresValue, PostgresElement {}

extension PostgresValue where Self: BinaryFloatingPoint & LosslessStringConvertible {
    /// The shortest decimal text that reads back as the same number; `nan`, `inf` and `-inf`.
    public func write(to writer: inout PostgresValueWriter) { writer.append(description) }
    /// Reads a decimal number, `NaN`, `Infinity`.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        guard let value = Self(try cell.text()) else { throw cell.mismatch("\(Self.self)") }
        self = value
    }
}

extension Double: PostgresValue, PostgresElement {}
extension Float: PostgresValue, PostgresElement {}

extension String: PostgresValue, PostgresElement {
    /// The text itself; a NUL in it makes the call fail.
    public func write(to writer: inout PostgresValueWriter) { writer.append(self) }
    /// Reads any type's text.
    public init(reading cell: PostgresCell) throws(PostgresError) { self = try cell.text() }
}

extension UUID: PostgresValue, PostgresElement {
    /// 36 characters (RFC 9562, section 4).
    public func write(to writer: inout PostgresValueWriter) { writer.append(self) }
    /// Reads 36 characters.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        guard let value = try cell.withText({ UUIDText.uuid($0) }) else { throw cell.mismatch("UUID") }
        self = value
    }
}

extension Decimal: PostgresValue, PostgresElement {
    /// Decimal digits, or `NaN`.
    public func write(to writer: inout PostgresValueWriter) { writer.append(isNaN ? "NaN" : description) }
    /// Reads a `numeric`; one of more than 38 digits loses the last ones, as `Decimal` does.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        let text = try cell.text()
        guard let value = text == "NaN" ? Decimal.nan : Decimal(string: text) else {
            throw cell.mismatch("Decimal")
        }
        self = value
    }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
    /// The value, or NULL.
    public func write(to writer: inout PostgresValueWriter) {
        switch self {
        case .some(let value): value.write(to: &writer)
        case .none: writer.setNull()
        }
    }
    /// Reads NULL as nil.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        self = cell.isNull ? nil : .some(try Wrapped(reading: cell))
    }
}
extension Optional: PostgresElement where Wrapped: PostgresElement & PostgresValue {}

/// Why a JSON text or a value is refused; the raw value fits a problem body's `reason` and a counter's label.
public enum JSONReason: String, Sendable, Hashable, CaseIterable {
    // The text is no JSON (RFC 8259), or is over a limit.
    case unexpectedEnd = "unexpected_end"
    case unexpectedByte = "unexpected_byte"
    case trailingBytes = "trailing_bytes"
    case byteOrderMark = "byte_order_mark"
    case invalidLiteral = "invalid_literal"
    case invalidNumber = "invalid_number"
    case controlCharacter = "control_character"
    case invalidEscape = "invalid_escape"
    case loneSurrogate = "lone_surrogate"
    case invalidUTF8 = "invalid_utf8"
    case duplicateKey = "duplicate_key"
    case tooDeep = "too_deep"
    case tooLong = "too_long"
    case tooManyKeys = "too_many_keys"

    // The text is JSON, but not what the type asks for.
    case missingKey = "missing_key"
    case wrongType = "wrong_type"
    case notAnInteger = "not_an_integer"
    case outOfRange = "out_of_range"
    case invalidFormat = "invalid_format"
    case endOfArray = "end_of_array"
    case rejected = "rejected"

    // The value can't be written.
    case nonFiniteNumber = "non_finite_number"
    case containerClosed = "container_closed"

    /// Whether the text itself is refused (status 400), not what it says (422).
    public var isSyntax: Bool {
        switch self {
        case .unexpectedEnd, .unexpectedByte, .trailingBytes, .byteOrderMark, .invalidLiteral, .invalidNumber,
            .controlCharacter, .invalidEscape, .loneSurrogate, .invalidUTF8, .duplicateKey, .tooDeep,
            .tooLong, .tooManyKeys:
            true
        case .missingKey, .wrongType, .notAnInteger, .outOfRange, .invalidFormat, .endOfArray, .rejected,
            .nonFiniteNumber, .containerClosed:
            false
        }
    }

    /// What is wrong, in words fit for the sender.
    public var detail: String {
        switch self {
        case .unexpectedEnd: "the text ends too early"
        case .unexpectedByte: "a byte that may not stand here"
        case .trailingBytes: "bytes behind the value"
        case .byteOrderMark: "a byte order mark (RFC 8259 §8.1)"
        case .invalidLiteral: "a word other than true, false and null (RFC 8259 §3)"
        case .invalidNumber: "a malformed number (RFC 8259 §6)"
        case .controlCharacter: "a control character in a string that is not escaped (RFC 8259 §7)"
        case .invalidEscape: "an unknown escape in a string (RFC 8259 §7)"
        case .loneSurrogate: "half of a surrogate pair in a string (RFC 8259 §8.2)"
        case .invalidUTF8: "bytes that are not UTF-8 (RFC 8259 §8.1)"
        case .duplicateKey: "a key that the object has already"
        case .tooDeep: "arrays and objects nested deeper than the limit"
        case .tooLong: "the text is longer than the limit"
        case .tooManyKeys: "more keys in one object than the limit"
        case .missingKey: "this field is missing"
        case .wrongType: "a value of another type"
        case .notAnInteger: "a number that is no integer"
        case .outOfRange: "a number out of range"
        case .invalidFormat: "a string in another format"
        case .endOfArray: "the array has too few elements"
        case .rejected: "a value that is not allowed"
        case .nonFiniteNumber: "JSON has no infinity and no NaN (RFC 8259 §6)"
        case .containerClosed: "encoded out of order: finish a nested container before its parent goes on"
        }
    }
}

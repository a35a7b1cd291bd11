/// Reads one JSON object strictly (RFC 8259): valid UTF-8, no name twice, no lone surrogate, nothing behind it.
///
/// Two readers that take a token's claims differently is how a check is passed by; what is ambiguous is refused.
struct JSONReader: ~Copyable {
    /// The text is no JSON object, or one that could be read in two ways; the offset of the byte where it shows.
    struct Malformed: Error, Equatable {
        let offset: Int
    }

    /// How deep arrays and objects may nest.
    static let depthLimit = 16

    private let text: [UInt8]
    private var position = 0

    /// The members of the object that `text` is.
    static func object(_ text: [UInt8]) throws(Malformed) -> [String: ClaimValue] {
        var reader = JSONReader(text)
        reader.skipSpace()
        guard reader.next == UInt8(ascii: "{") else { throw reader.malformed }
        let members = try reader.object(depth: 1)
        reader.skipSpace()
        guard reader.position == text.count else { throw reader.malformed }
        return members
    }

    private init(_ text: [UInt8]) { self.text = text }

    private var malformed: Malformed { Malformed(offset: position) }
    /// The byte to read next, 0 at the end: no rule below allows a NUL.
    private var next: UInt8 { position < text.count ? text[position] : 0 }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ literal: StaticString) throws(Malformed) {
        for byte in literal.description.utf8 {
            guard take(byte) else { throw malformed }
        }
    }

    private mutating func value(depth: Int) throws(Malformed) -> ClaimValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        default: return try number()
        }
    }

    /// Goes from an opening mark to its closing one; `element` reads what stands between commas.
    private mutating func list(
        closing: UInt8,
        depth: Int,
        element: (inout JSONReader) throws(Malformed) -> Void
    ) throws(Malformed) {
        guard depth <= Self.depthLimit else { throw malformed }
        position += 1
        skipSpace()
        if take(closing) { return }
        repeat {
            try element(&self)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(closing) else { throw malformed }
    }

    private mutating func array(depth: Int) throws(Malformed) -> [ClaimValue] {
        var values: [ClaimValue] = []
        try list(closing: UInt8(ascii: "]"), depth: depth) { (reader) throws(Malformed) in
            values.append(try reader.value(depth: depth))
        }
        return values
    }

    private mutating func object(depth: Int) throws(Malformed) -> [String: ClaimValue] {
        var members: [String: ClaimValue] = [:]
        try list(closing: UInt8(ascii: "}"), depth: depth) { (reader) throws(Malformed) in
            reader.skipSpace()
            let name = try reader.string()
            guard members[name] == nil else { throw reader.malformed }
            reader.skipSpace()
            guard reader.take(UInt8(ascii: ":")) else { throw reader.malformed }
            members[name] = try reader.value(depth: depth)
        }
        return members
    }

    private mutating func digits() throws(Malformed) {
        let start = position
        while case UInt8(ascii: "0")...UInt8(ascii: "9") = next { position += 1 }
        guard position > start else { throw malformed }
    }

    private mutating func number() throws(Malformed) -> ClaimValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        let integerEnd = position
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let literal = String(decoding: text[start..<position], as: UTF8.self)
        if integerEnd == position, let integer = Int64(literal) { return .integer(integer) }
        guard let number = Double(literal), number.isFinite else { throw malformed }
        return .number(number)
    }

    private mutating func string() throws(Malformed) -> String {
        guard take(UInt8(ascii: "\"")) else { throw malformed }
        var bytes: [UInt8] = []
        while true {
            let byte = next
            guard byte >= 0x20 else { throw malformed }
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            bytes += Array(String(try escape()).utf8)
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw malformed }
        return string
    }

    private mutating func escape() throws(Malformed) -> Unicode.Scalar {
        let byte = next
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw malformed
        }
    }

    private mutating func unicodeEscape() throws(Malformed) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A surrogate: only a high one with the low one behind it names a character (RFC 8259 §7).
        guard first < 0xDC00 else { throw malformed }
        try expect("\\u")
        let second = try fourHexDigits()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw malformed }
        return scalar
    }

    private mutating func fourHexDigits() throws(Malformed) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else { throw malformed }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

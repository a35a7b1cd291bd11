import JSON

/// Reads one JSON object strictly, by the module `JSON`: valid UTF-8, no name twice, no lone surrogate, nothing behind
/// it, no more than 16 levels, no number beyond a double.
///
/// Two readers that take a token's claims differently is how a check is passed by; what is ambiguous is refused.
struct ClaimReader {
    /// The text is no JSON object, or one that could be read in two ways; the offset of the byte where it shows.
    struct Malformed: Error, Equatable {
        let offset: Int
    }

    /// How deep arrays and objects may nest.
    static let depthLimit = 16

    private var reader: JSONReader

    /// The members of the object that `text` is.
    static func object(_ text: [UInt8]) throws(Malformed) -> [String: ClaimValue] {
        try object(text.span)
    }

    private static func object(_ text: Span<UInt8>) throws(Malformed) -> [String: ClaimValue] {
        var limits = JSONLimits()
        limits.depth = depthLimit
        var reader = ClaimReader(reader: JSONReader(limits: limits))
        guard case .beginObject = try reader.next(text) else { throw reader.malformed }
        let members = try reader.object(text)
        guard try reader.step(text) == nil else { throw reader.malformed }
        return members
    }

    private var malformed: Malformed { Malformed(offset: reader.tokenOffset) }

    private mutating func next(_ text: Span<UInt8>) throws(Malformed) -> JSONToken {
        guard let token = try step(text) else { throw malformed }
        return token
    }

    private mutating func step(_ text: Span<UInt8>) throws(Malformed) -> JSONToken? {
        do throws(JSONError) {
            return try reader.next(text)
        } catch {
            throw Malformed(offset: error.offset ?? 0)
        }
    }

    /// Reads the members of an object that has begun.
    private mutating func object(_ text: Span<UInt8>) throws(Malformed) -> [String: ClaimValue] {
        var members: [String: ClaimValue] = [:]
        while true {
            switch try next(text) {
            case .endObject: return members
            case .key(let key):
                let offset = reader.tokenOffset
                let value = try value(next(text), text)
                // The reader compares names byte for byte; those that only Unicode calls equal come here.
                guard members.updateValue(value, forKey: key.text(in: text)) == nil else {
                    throw Malformed(offset: offset)
                }
            default: throw malformed
            }
        }
    }

    /// Reads the elements of an array that has begun.
    private mutating func array(_ text: Span<UInt8>) throws(Malformed) -> [ClaimValue] {
        var values: [ClaimValue] = []
        while true {
            let token = try next(text)
            if case .endArray = token { return values }
            values.append(try value(token, text))
        }
    }

    /// Reads the value that `token` begins.
    private mutating func value(_ token: JSONToken, _ text: Span<UInt8>) throws(Malformed) -> ClaimValue {
        switch token {
        case .beginObject: .object(try object(text))
        case .beginArray: .array(try array(text))
        case .string(let string): .string(string.text(in: text))
        case .number(let number): try self.number(number, text)
        case .bool(let value): .bool(value)
        case .null: .null
        case .endObject, .endArray, .key: throw malformed
        }
    }

    private func number(_ lexeme: JSONLexeme, _ text: Span<UInt8>) throws(Malformed) -> ClaimValue {
        let number = lexeme.number(in: text)
        // `1.0` and `1e3` are integers to `JSON`, but written as fractions here.
        if !number.description.utf8.contains(where: Self.marksFraction), let integer = number.int64 {
            return .integer(integer)
        }
        guard let value = number.double else { throw malformed }
        return .number(value)
    }

    private static func marksFraction(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }
}

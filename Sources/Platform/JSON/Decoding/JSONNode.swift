/// One value or key of a document, in 8 bytes. Its kind is the text's byte at `offset`.
struct JSONNode {
    private static let escapesBit: UInt32 = 1 << 31

    /// Where it begins in the text; a string at its quote.
    let offset: UInt32
    /// Of a container the index of the node behind its last; of a scalar its length, without a string's quotes, and
    /// whether it has escapes.
    var extent: UInt32

    /// An array or object whose end is not known yet.
    init(containerAt offset: Int) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        extent = 0
    }

    /// A string, number or word.
    init(scalarAt offset: Int, _ lexeme: JSONLexeme) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        extent = UInt32(lexeme.range.count) | (lexeme.hasEscapes ? Self.escapesBit : 0)
    }

    var hasEscapes: Bool { extent & Self.escapesBit != 0 }
    var length: Int { Int(extent & ~Self.escapesBit) }
    var end: Int { Int(extent) }
}

/// What a value is.
enum JSONKind {
    case object, array, string, number, bool, null

    /// The kind of the value that begins with `byte`.
    @inline(__always) init(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "\""): self = .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
        case UInt8(ascii: "n"): self = .null
        default: self = .number
        }
    }
}

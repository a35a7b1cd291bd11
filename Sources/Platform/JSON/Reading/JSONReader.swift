/// A strict pull parser of one JSON text (RFC 8259).
///
/// It owns no bytes: each call is given the same text. It recurses nowhere, and keeps only the open arrays and
/// objects and the places of the open objects' keys.
///
///     var reader = JSONReader()
///     while let token = try reader.next(text.span) { … }
public struct JSONReader: Sendable {
    private enum State { case start, value, firstElement, firstKey, afterValue, end }

    /// An open array or object.
    private struct Frame {
        let isObject: Bool
        /// How many keys the objects around it have so far.
        let outerKeyCount: Int
        /// The index of the current element.
        var index = 0
    }

    /// Where the last token begins: bytes before it.
    public private(set) var tokenOffset = 0

    private let limits: JSONLimits
    private var position = 0
    private var state = State.start
    private var frames: [Frame] = []
    private var keys: [JSONLexeme] = []

    /// A reader at the beginning of a text.
    public init(limits: JSONLimits = JSONLimits()) {
        self.limits = limits
    }

    /// The next token; nil when the text has ended as it should.
    ///
    /// - Parameter bytes: the whole text, the same in each call.
    /// - Returns: one step of the text; a key is told when its colon was read.
    /// - Throws: ``JSONError`` with the rule or limit that the text breaks; reading can't go on.
    public mutating func next(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken? {
        if state == .start { try begin(bytes) }
        skipSpace(bytes)
        tokenOffset = position
        guard position < bytes.count else {
            guard state == .end else { throw error(.unexpectedEnd, at: position, in: bytes) }
            return nil
        }
        return try token(bytes, bytes[position])
    }

    private mutating func token(_ bytes: Span<UInt8>, _ byte: UInt8) throws(JSONError) -> JSONToken {
        switch state {
        case .firstElement where byte == UInt8(ascii: "]"): return endArray()
        case .value, .firstElement, .start: return try value(bytes, byte)
        case .firstKey where byte == UInt8(ascii: "}"): return try endObject(bytes)
        case .firstKey: return try key(bytes)
        case .afterValue: return try separator(bytes, byte)
        case .end: throw error(.trailingBytes, at: position, in: bytes)
        }
    }

    private mutating func begin(_ bytes: Span<UInt8>) throws(JSONError) {
        guard bytes.count <= min(limits.byteCount, Int(Int32.max)) else {
            throw error(.tooLong, at: limits.byteCount, in: bytes)
        }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw error(.byteOrderMark, at: 0, in: bytes)
        }
        state = .value
    }

    /// What stands behind a value in an array or object.
    private mutating func separator(_ bytes: Span<UInt8>, _ byte: UInt8) throws(JSONError) -> JSONToken {
        let last = frames.count - 1
        let isObject = frames[last].isObject
        if byte == UInt8(ascii: ",") {
            position += 1
            skipSpace(bytes)
            tokenOffset = position
            if isObject { return try key(bytes) }
            frames[last].index += 1
            guard position < bytes.count else { throw error(.unexpectedEnd, at: position, in: bytes) }
            return try value(bytes, bytes[position])
        }
        if isObject, byte == UInt8(ascii: "}") { return try endObject(bytes) }
        if !isObject, byte == UInt8(ascii: "]") { return endArray() }
        throw error(
            .unexpectedByte,
            at: position,
            in: bytes,
            expected: isObject ? "a comma or }" : "a comma or ]"
        )
    }

    private mutating func key(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        guard position < bytes.count else { throw error(.unexpectedEnd, at: position, in: bytes) }
        guard bytes[position] == UInt8(ascii: "\"") else {
            throw error(.unexpectedByte, at: position, in: bytes, expected: "a key in quotes")
        }
        let key = try string(bytes)
        keys.append(key)
        guard keys.count - frames[frames.count - 1].outerKeyCount <= limits.keyCount else {
            throw error(.tooManyKeys, at: tokenOffset, in: bytes)
        }
        skipSpace(bytes)
        guard position < bytes.count else { throw error(.unexpectedEnd, at: position, in: bytes) }
        guard bytes[position] == UInt8(ascii: ":") else {
            throw error(.unexpectedByte, at: position, in: bytes, expected: "a colon")
        }
        position += 1
        state = .value
        return .key(key)
    }

    private mutating func value(_ bytes: Span<UInt8>, _ byte: UInt8) throws(JSONError) -> JSONToken {
        switch byte {
        case UInt8(ascii: "\""):
            let string = try string(bytes)
            valueEnded()
            return .string(string)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return try number(bytes)
        case UInt8(ascii: "{"):
            try open(bytes, isObject: true)
            return .beginObject
        case UInt8(ascii: "["):
            try open(bytes, isObject: false)
            return .beginArray
        case UInt8(ascii: "t"): return try literal(bytes, "true", .bool(true))
        case UInt8(ascii: "f"): return try literal(bytes, "false", .bool(false))
        case UInt8(ascii: "n"): return try literal(bytes, "null", .null)
        default: throw error(.unexpectedByte, at: position, in: bytes, expected: "a value")
        }
    }

    private mutating func open(_ bytes: Span<UInt8>, isObject: Bool) throws(JSONError) {
        guard frames.count < min(limits.depth, 512) else { throw error(.tooDeep, at: position, in: bytes) }
        frames.append(Frame(isObject: isObject, outerKeyCount: keys.count))
        position += 1
        state = isObject ? .firstKey : .firstElement
    }

    private mutating func endArray() -> JSONToken {
        frames.removeLast()
        position += 1
        valueEnded()
        return .endArray
    }

    private mutating func endObject(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        let first = frames[frames.count - 1].outerKeyCount
        if let duplicate = JSONKeys.firstDuplicate(of: keys[first...], in: bytes) {
            keys.removeSubrange((duplicate + 1)...)
            throw error(.duplicateKey, at: keys[duplicate].range.lowerBound - 1, in: bytes)
        }
        keys.removeSubrange(first...)
        frames.removeLast()
        position += 1
        valueEnded()
        return .endObject
    }

    @inline(__always) private mutating func valueEnded() {
        state = frames.isEmpty ? .end : .afterValue
    }

    @inline(__always) private mutating func skipSpace(_ bytes: Span<UInt8>) {
        position = JSONScan.endOfSpace(bytes, from: position)
    }
}

// MARK: - Scalars and errors

extension JSONReader {
    /// Reads the string whose opening quote is next.
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> JSONLexeme {
        switch JSONScan.string(bytes, from: position + 1) {
        case .success(let lexeme):
            position = lexeme.range.upperBound + 1
            return lexeme
        case .failure(let fault): throw error(fault.reason, at: fault.offset, in: bytes)
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        switch JSONScan.number(bytes, from: position) {
        case .success(let lexeme):
            position = lexeme.range.upperBound
            valueEnded()
            return .number(lexeme)
        case .failure(let fault): throw error(fault.reason, at: fault.offset, in: bytes)
        }
    }

    private mutating func literal(
        _ bytes: Span<UInt8>,
        _ word: StaticString,
        _ token: JSONToken
    ) throws(JSONError) -> JSONToken {
        for offset in 0..<word.utf8CodeUnitCount {
            guard position + offset < bytes.count else {
                throw error(.unexpectedEnd, at: bytes.count, in: bytes)
            }
            // A literal's bytes live as long as the program, and the offset is below its count.
            guard bytes[position + offset] == (unsafe word.utf8Start[offset]) else {
                throw error(.invalidLiteral, at: position + offset, in: bytes, expected: "\(word)")
            }
        }
        position += word.utf8CodeUnitCount
        valueEnded()
        return token
    }

    private func error(
        _ reason: JSONReason,
        at offset: Int,
        in bytes: Span<UInt8>,
        expected: String = ""
    ) -> JSONError {
        JSONError(JSONFieldProblem(path: path(in: bytes), reason: reason, expected: expected, offset: offset))
    }

    /// Where the reader stands: the last key or the index in each open object or array of the
    /// text that is being read.
    public func path(in bytes: Span<UInt8>) -> JSONPath {
        var components: [JSONPath.Component] = []
        for (level, frame) in frames.enumerated() {
            let keyCount = level + 1 < frames.count ? frames[level + 1].outerKeyCount : keys.count
            if !frame.isObject {
                components.append(.index(frame.index))
            } else if keyCount > frame.outerKeyCount {
                components.append(.key(bounding: keys[keyCount - 1].text(in: bytes)))
            }
        }
        return JSONPath(components)
    }
}

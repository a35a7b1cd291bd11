/// Writes JSON into bytes, without `Codable` and without allocation while the bytes' capacity suffices.
///
/// It sets commas, quotes and escapes; that keys stand in objects only, and each begin has its end, is the caller's
/// part. To write behind what is in an array already, use ``Swift/Array/appendJSON(_:)``.
///
///     line.appendJSON { json in
///         json.beginObject()
///         json.key("msg")
///         json.string(message)
///         json.endObject()
///     }
public struct JSONWriter: Sendable {
    /// What stands between the last thing written and the next.
    private enum Separation { case none, firstMember, comma }

    /// What has been written.
    public internal(set) var bytes: [UInt8]
    private var separation = Separation.none
    private var depth = 0
    private let isPretty: Bool
    /// Spaces a level.
    private let indentation: Int

    /// A writer behind `bytes`, whose capacity it uses; a pretty one writes a line a member, `indentation` spaces a level.
    public init(appendingTo bytes: consuming [UInt8] = [], isPretty: Bool = false, indentation: Int = 2) {
        self.bytes = bytes
        self.isPretty = isPretty
        self.indentation = indentation
    }

    /// Begins an object.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    /// Ends the innermost object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    /// Begins an array.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    /// Ends the innermost array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes a key; its value is next.
    public mutating func key(_ name: String) {
        separate()
        keyBehindSeparator(name)
    }

    /// Writes a key of the program's own, printable ASCII without quote and backslash.
    public mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        // A literal's bytes live as long as the program.
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        )
        bytes.append(UInt8(ascii: "\""))
        colon()
    }

    /// Writes a string.
    public mutating func string(_ text: String) {
        separate()
        quote(text.utf8.span)
    }

    /// Writes a string of UTF-8 bytes; what is not UTF-8 becomes U+FFFD.
    public mutating func string(_ text: Span<UInt8>) {
        separate()
        quote(text)
    }

    /// Writes an integer of up to 64 bits.
    public mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(UInt64(value.magnitude))
    }

    /// Writes a number by the shortest text that reads as the same `Double`; `null` for infinity and NaN, which JSON
    /// does not have.
    public mutating func number(_ value: Double) {
        if value.isFinite { raw(value.description) } else { null() }
    }

    /// Writes a number as it was read.
    public mutating func number(_ value: JSONNumber) { raw(value.description) }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes `null`.
    public mutating func null() { raw("null") }

    /// Writes any value.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Writes a text that is one JSON value already.
    mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    // MARK: Separation

    /// Writes a key when ``separate()`` was called for it.
    mutating func keyBehindSeparator(_ name: String) {
        quote(name.utf8.span)
        colon()
    }

    /// The bytes that ``separate()`` writes between two members here.
    var separatorLength: Int { isPretty ? 2 + depth * indentation : 1 }

    /// Writes what stands before the next key or element; nothing behind a key.
    mutating func separate() {
        switch separation {
        case .none: separation = .comma
        case .firstMember:
            separation = .comma
            if isPretty { newline() }
        case .comma where depth > 0:
            bytes.append(UInt8(ascii: ","))
            if isPretty { newline() }
        case .comma: break
        }
    }

    /// Takes back the innermost container's members, which end the bytes, and is as it was behind its begin.
    mutating func removeMembers(from start: Int) {
        bytes.removeSubrange(start...)
        separation = .firstMember
    }

    private mutating func colon() {
        bytes.append(UInt8(ascii: ":"))
        if isPretty { bytes.append(UInt8(ascii: " ")) }
        separation = .none
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        separation = .firstMember
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if isPretty, case .comma = separation { newline() }
        bytes.append(bracket)
        separation = .comma
    }

    private mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth * indentation { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func appendDigits(_ value: UInt64) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}

extension [UInt8] {
    /// Writes JSON behind what is in the array, in its own memory.
    public mutating func appendJSON<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = JSONWriter(appendingTo: self)
        // The writer is the only owner now, so that it appends in place.
        self = []
        defer { swap(&self, &writer.bytes) }
        try body(&writer)
    }
}

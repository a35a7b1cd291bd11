/// Header or trailer fields, in order (RFC 9110 §5).
///
/// All bytes stand in one buffer, with an index of where names and values begin: parsing copies a message's head once,
/// looking up and forwarding a field makes no `String`, and both arrays keep their room when they are used again.
public struct HTTPFields: Sendable {
    /// Where one field's name and value stand in `bytes`.
    @usableFromInline
    struct Line: Sendable {
        @usableFromInline var name: UInt32
        @usableFromInline var nameCount: UInt32
        @usableFromInline var value: UInt32
        @usableFromInline var valueCount: UInt32

        // Counts are not negative, so the ends are in order.
        @inlinable var nameRange: Range<Int> {
            unsafe Range(uncheckedBounds: (Int(name), Int(name) &+ Int(nameCount)))
        }
        @inlinable var valueRange: Range<Int> {
            unsafe Range(uncheckedBounds: (Int(value), Int(value) &+ Int(valueCount)))
        }

        init(name: UInt32, nameCount: UInt32, value: UInt32, valueCount: UInt32) {
            (self.name, self.nameCount) = (name, nameCount)
            (self.value, self.valueCount) = (value, valueCount)
        }
    }

    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var lines: [Line] = []

    /// Makes an empty list.
    public init() {}

    /// How many fields there are.
    public var count: Int { lines.count }
    /// Whether there is none.
    public var isEmpty: Bool { lines.isEmpty }

    // MARK: Looking up

    /// The first value under `name`, as text (invalid UTF-8 repaired); nil without such a field.
    public subscript(name: HTTPFieldName) -> String? {
        value(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first value under `name`, as bytes without the white space around them.
    public func value(of name: HTTPFieldName) -> ArraySlice<UInt8>? {
        firstIndex(of: name).map { bytes[lines[$0].valueRange] }
    }

    /// All values under `name`, in order.
    public func values(of name: HTTPFieldName) -> [ArraySlice<UInt8>] {
        lines.indices.filter { isLine($0, named: name) }.map { bytes[lines[$0].valueRange] }
    }

    /// Whether there is a field of that name.
    public func contains(_ name: HTTPFieldName) -> Bool { firstIndex(of: name) != nil }

    /// Whether one of the comma-separated members under `name` is `token`, in any case (`Connection: close`).
    public func contains(_ name: HTTPFieldName, token: StaticString) -> Bool {
        lines.indices.contains { index in
            isLine(index, named: name)
                && ListMembers.contains(token, in: bytes.span.extracting(lines[index].valueRange))
        }
    }

    /// The fields in order: name and value as they came.
    public var all: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        lines.map { (bytes[$0.nameRange], bytes[$0.valueRange]) }
    }

    // MARK: Changing

    /// Adds a field at the end.
    ///
    /// A byte that may not stand in a value (CR, LF, NUL and other controls) becomes a space (RFC 9110 §5.5), so that no
    /// value can end its line.
    public mutating func append(_ name: HTTPFieldName, _ value: String) {
        var value = value
        value.withUTF8 { unsafe append(name, copying: $0) }
    }

    /// Adds a field at the end; bytes that may not stand in a value become spaces.
    public mutating func append(_ name: HTTPFieldName, bytes value: some Collection<UInt8>) {
        let isDone: Void? = value.withContiguousStorageIfAvailable { unsafe append(name, copying: $0) }
        if isDone == nil { append(name, bytes: Array(value)) }
    }

    /// The same, of an array.
    public mutating func append(_ name: HTTPFieldName, bytes value: [UInt8]) {
        unsafe value.withUnsafeBufferPointer { unsafe append(name, copying: $0) }
    }

    /// The same, of a part of an array, such as another message's value.
    public mutating func append(_ name: HTTPFieldName, bytes value: ArraySlice<UInt8>) {
        unsafe value.withUnsafeBufferPointer { unsafe append(name, copying: $0) }
    }

    /// Adds a field of other fields. One whose name is no token is left out (RFC 9110 §5.1).
    public mutating func append(_ field: (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)) {
        guard !field.name.isEmpty, field.name.allSatisfy(ByteClass.isToken) else { return }
        unsafe field.name.withUnsafeBufferPointer { name in
            unsafe field.value.withUnsafeBufferPointer { unsafe append(name, $0) }
        }
    }

    /// Puts one field in the place of all of that name.
    public mutating func set(_ name: HTTPFieldName, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Puts one field in the place of all of that name; bytes that may not stand in a value become spaces.
    public mutating func set(_ name: HTTPFieldName, bytes value: some Collection<UInt8>) {
        remove(name)
        append(name, bytes: value)
    }

    /// Takes all fields of that name out.
    public mutating func remove(_ name: HTTPFieldName) {
        guard contains(name) else { return }
        lines = lines.indices.filter { !isLine($0, named: name) }.map { lines[$0] }
    }

    /// Takes out the fields for which `isUnwanted` says so of their names (as they came, in any case).
    public mutating func removeAll(where isUnwanted: (Span<UInt8>) -> Bool) {
        let bytes = bytes
        lines.removeAll { isUnwanted(bytes.span.extracting($0.nameRange)) }
    }

    /// Makes room for more, so that a copy that is added to is copied once.
    package mutating func reserve(bytes byteCount: Int, fields fieldCount: Int) {
        bytes.reserveCapacity(bytes.count + byteCount)
        lines.reserveCapacity(lines.count + fieldCount)
    }

    /// Takes all fields out and keeps the room.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ name: HTTPFieldName, copying value: UnsafeBufferPointer<UInt8>) {
        append(name, upTo: value.count) { unsafe $0.append(copying: value) }
    }

    private mutating func append(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        let start = bytes.count
        bytes.append(addingCapacity: name.count + value.count + 4) { out in
            unsafe out.append(copying: name)
            out.append(": ")
            unsafe out.append(copying: value)
            out.append("\r\n")
        }
        cleanValue(from: start + name.count + 2)
        addLine(from: start, nameCount: name.count)
    }

    /// Makes spaces of the bytes that may not stand in the value at the end, which begins at `start`.
    mutating func cleanValue(from start: Int) {
        let valueEnd = bytes.count - 2
        // The line's own end ends the scan.
        var end = ByteScan.endOfFieldValue(bytes.span, from: start)
        while end < valueEnd {
            bytes[end] = UInt8(ascii: " ")
            end = ByteScan.endOfFieldValue(bytes.span, from: end + 1)
        }
    }

    /// Notes the line that was just written behind `start`.
    mutating func addLine(from start: Int, nameCount: Int) {
        lines.append(
            Line(
                name: UInt32(start),
                nameCount: UInt32(nameCount),
                value: UInt32(start + nameCount + 2),
                valueCount: UInt32(bytes.count - start - nameCount - 4)
            )
        )
    }

    func firstIndex(of name: HTTPFieldName) -> Int? {
        lines.indices.first { isLine($0, named: name) }
    }

    @inline(__always) func isLine(_ index: Int, named name: HTTPFieldName) -> Bool {
        name.matches(bytes.span.extracting(lines[index].nameRange))
    }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    /// Makes a list of the fields as written: `[.contentType: "text/plain"]`.
    public init(dictionaryLiteral fields: (HTTPFieldName, String)...) {
        for (name, value) in fields { append(name, value) }
    }
}

extension HTTPFields: Equatable {
    /// Whether both have the same fields in the same order; names in any case.
    public static func == (left: HTTPFields, right: HTTPFields) -> Bool {
        left.lines.count == right.lines.count
            && zip(left.all, right.all).allSatisfy { one, other in
                one.value == other.value
                    && one.name.lazy.map(ByteClass.lowercase).elementsEqual(
                        other.name.lazy.map(ByteClass.lowercase)
                    )
            }
    }
}

/// Writing heads into room that was made for them once: each addition to an array costs more than most of its bytes.
extension OutputSpan where Element == UInt8 {
    /// Appends bytes; the room must suffice, as for every append.
    @inline(__always) mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= freeCapacity, "a message's head is larger than its room")
        guard let source = bytes.baseAddress else { return }
        unsafe withUnsafeMutableBufferPointer { room, count in
            // There is room for them behind the first `count`, as just checked, so there is an address.
            guard let start = room.baseAddress else { return }
            unsafe (start + count).initialize(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    /// Appends the bytes of a range of a span.
    @inline(__always) mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        unsafe span.extracting(range).withUnsafeBufferPointer { unsafe append(copying: $0) }
    }

    /// Appends a literal.
    @inline(__always) mutating func append(_ text: StaticString) {
        // A literal's bytes live as long as the program.
        unsafe append(copying: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a text's UTF-8.
    mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { unsafe append(copying: $0) }
    }
}

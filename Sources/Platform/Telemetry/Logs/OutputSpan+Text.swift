/// Writing text into room that was made for it once: each addition to an array costs more than most of its bytes. The
/// room must suffice, as for every append.
extension OutputSpan where Element == UInt8 {
    @inline(__always) private mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= freeCapacity, "a text is larger than its room")
        guard let source = bytes.baseAddress else { return }
        unsafe withUnsafeMutableBufferPointer { room, count in
            // There is room for them behind the first `count`, as just checked, so there is an address.
            guard let start = room.baseAddress else { return }
            unsafe (start + count).initialize(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    /// Appends a literal.
    @inline(__always) mutating func append(_ text: StaticString) {
        // A literal's bytes live as long as the program.
        unsafe append(copying: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends bytes.
    @inline(__always) mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(copying: $0) }
    }

    /// Appends the bytes of a range of a span.
    @inline(__always) mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        unsafe span.extracting(range).withUnsafeBufferPointer { unsafe append(copying: $0) }
    }

    /// Appends so many bytes, which `write` sets, every one of them.
    @inline(__always) mutating func append(count added: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
        precondition(added <= freeCapacity, "a text is larger than its room")
        unsafe withUnsafeMutableBufferPointer { room, count in
            // There is room for them behind the first `count`, as just checked, so there is an address.
            guard let start = room.baseAddress else { return }
            unsafe write(UnsafeMutableRawPointer(start + count))
            count += added
        }
    }

    /// Appends a number's last digits, from the right to the left.
    mutating func append(decimal number: UInt64, digits: Int) {
        unsafe append(count: digits) { start in
            var rest = number
            var place = digits
            // Two at a time, all within the bytes that were asked for.
            while place >= 2 {
                place -= 2
                let pair = UInt16(truncatingIfNeeded: rest % 100)
                rest /= 100
                let text = 0x3030 + pair / 10 + ((pair % 10) << 8)
                unsafe start.storeBytes(of: text.littleEndian, toByteOffset: place, as: UInt16.self)
            }
            guard place == 1 else { return }
            unsafe start.storeBytes(of: UInt8(truncatingIfNeeded: 48 + rest % 10), as: UInt8.self)
        }
    }
}

extension [UInt8] {
    /// Appends a literal.
    @inline(__always) mutating func append(_ text: StaticString) {
        append(addingCapacity: text.utf8CodeUnitCount) { $0.append(text) }
    }
}

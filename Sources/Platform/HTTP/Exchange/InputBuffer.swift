/// Bytes that have arrived and not been used yet. Using some moves a mark; memory is given back when none are left.
struct InputBuffer {
    /// All bytes that are kept; those before ``start`` are used up.
    private(set) var bytes: [UInt8] = []
    /// Where the unused bytes begin.
    private(set) var start = 0

    /// How many bytes are unused.
    var count: Int { bytes.count - start }
    /// Whether none are.
    var isEmpty: Bool { start == bytes.count }

    /// Adds what has arrived.
    mutating func append(_ arrived: UnsafeRawBufferPointer) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        // No larger than it is: what comes with a head is a whole content, as a rule.
        if bytes.isEmpty { bytes = unsafe Array(arrived) } else { unsafe bytes.append(contentsOf: arrived) }
    }

    /// Takes over a whole piece in place of the bytes, all of which have been used.
    mutating func replace(with arrived: [UInt8]) {
        bytes = arrived
        start = 0
    }

    /// Marks `count` bytes as used.
    mutating func consume(_ count: Int) {
        start += count
        if isEmpty { removeAll() }
    }

    /// Takes the next `count` bytes out.
    mutating func take(_ count: Int) -> [UInt8] {
        defer { consume(count) }
        // The usual case, a content that came with its head and nothing behind it, needs no copy.
        if start == 0, count == bytes.count { return bytes }
        return Array(bytes[start..<(start + count)])
    }

    /// Takes the next `count` bytes out; nil when there are fewer.
    mutating func takeWhole(_ count: Int) -> [UInt8]? { count <= self.count ? take(count) : nil }

    /// Forgets all bytes.
    mutating func removeAll() {
        bytes = []
        start = 0
    }
}

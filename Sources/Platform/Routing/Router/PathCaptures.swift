/// Where a match's parameters stand in the target's bytes. No heap behind it.
struct PathCaptures: Sendable {
    /// How many parameters a path may have.
    static let limit = 8

    // Begin and end, 16 bits each: a target has at most 16 KiB.
    private var ranges = InlineArray<8, UInt32>(repeating: 0)
    private(set) var count = 0

    /// Where parameter `index` stands.
    subscript(index: Int) -> Range<Int> {
        Int(ranges[index] >> 16)..<Int(ranges[index] & 0xFFFF)
    }

    mutating func append(_ range: Range<Int>) {
        ranges[count] = UInt32(range.lowerBound) << 16 | UInt32(range.upperBound)
        count += 1
    }

    mutating func removeLast() { count -= 1 }
}

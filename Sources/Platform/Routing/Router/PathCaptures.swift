/// Where a match's parameters stand in the target's bytes. No heap behind it.
package struct PathCaptures: Sendable {
    /// How many parameters a path may have.
    package static let limit = 8

    // Begin and end, 16 bits each: a target has at most 16 KiB. A vector is copied as it is; an inline array is copied by
    // what is known of its type at run time.
    private var ranges = SIMD8<UInt32>()
    package private(set) var count = 0

    /// Begins without a parameter.
    package init() {}

    /// Where parameter `index` stands.
    package subscript(index: Int) -> Range<Int> {
        Int(ranges[index] >> 16)..<Int(ranges[index] & 0xFFFF)
    }

    mutating func append(_ range: Range<Int>) {
        ranges[count] = UInt32(range.lowerBound) << 16 | UInt32(range.upperBound)
        count += 1
    }

    mutating func removeLast() { count -= 1 }
}

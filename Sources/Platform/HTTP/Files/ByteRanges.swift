/// The parts of a content that a `Range` field asks for (RFC 9110 §14).
package enum ByteRanges: Equatable {
    /// The field is absent, malformed, of another unit, or asks for too much: the whole is sent.
    case whole
    /// These parts, in the order asked for, each within the content and not empty.
    case parts([Range<Int64>])
    /// None of the parts lies within the content.
    case unsatisfiable

    /// How many parts one answer may have.
    package static let limit = 8

    /// Reads a `Range` field for a content of `size` bytes.
    ///
    /// More than ``limit`` parts, or parts that overlap, are what an attack on memory and network looks like
    /// (RFC 9110 §17.15): they get the whole.
    package init(_ field: String, size: Int64) {
        guard field.lowercased().hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let members = field.dropFirst(6).split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        var parts: [Range<Int64>] = []
        for member in members where !member.isEmpty {
            guard let spec = Self.spec(member, size) else {
                self = .whole
                return
            }
            if !spec.isEmpty { parts.append(spec) }
            guard parts.count <= Self.limit else {
                self = .whole
                return
            }
        }
        let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
        let overlaps = zip(sorted, sorted.dropFirst()).contains { $0.upperBound > $1.lowerBound }
        if members.isEmpty || overlaps {
            self = .whole
        } else {
            self = parts.isEmpty ? .unsatisfiable : .parts(parts)
        }
    }

    /// `first-last`, `first-`, or `-count`; empty when it lies beyond the content, nil when it is malformed.
    private static func spec(_ text: String, _ size: Int64) -> Range<Int64>? {
        let sides = text.split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        guard !sides[0].isEmpty else {
            guard let count = number(sides[1]) else { return nil }
            return max(0, size - count)..<size
        }
        guard let first = number(sides[0]) else { return nil }
        guard !sides[1].isEmpty else { return min(first, size)..<size }
        guard let last = number(sides[1]), last >= first else { return nil }
        return min(first, size)..<min(last == .max ? last : last + 1, size)
    }

    private static func number(_ digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        return Int64(digits) ?? .max
    }
}

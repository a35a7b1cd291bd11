import Testing

@testable import HTTP

@Suite("byte ranges (RFC 9110 §14)") struct ByteRangesTests {
    static let cases: [(String, ByteRanges)] = [
        // Malformed, of another unit, or too much: the whole.
        ("", .whole), ("bytes", .whole), ("bytes=", .whole), ("bytes=x-", .whole), ("bytes=5-2", .whole),
        ("bytes=--5", .whole), ("bytes=1-2-3", .whole), ("bytes=+1-2", .whole), ("lines=0-1", .whole),
        ("bytes=0-5,3-8", .whole), ("bytes=0-0,0-0", .whole),
        ("bytes=" + (0..<9).map { "\($0)-\($0)" }.joined(separator: ","), .whole),
        ("bytes=" + (0..<1_000).map { "\($0 % 10)-\($0 % 10)" }.joined(separator: ","), .whole),
        // Nothing of the content: 416.
        ("bytes=10-", .unsatisfiable), ("bytes=10-20", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=99999999999999999999-", .unsatisfiable),
        // The RFC's forms, for a content of ten bytes.
        ("bytes=0-4", .parts([0..<5])), ("bytes=5-", .parts([5..<10])), ("bytes=-3", .parts([7..<10])),
        ("bytes=-30", .parts([0..<10])), ("bytes=0-99", .parts([0..<10])), ("bytes=9-9", .parts([9..<10])),
        ("BYTES=0-0", .parts([0..<1])), ("bytes= 0-1 ,\t3-4", .parts([0..<2, 3..<5])),
        ("bytes=8-9,0-1", .parts([8..<10, 0..<2])), ("bytes=0-1,20-", .parts([0..<2])),
        ("bytes=0-99999999999999999999", .parts([0..<10])),
        (
            "bytes=" + (0..<8).map { "\($0)-\($0)" }.joined(separator: ","),
            .parts((0..<8).map { Int64($0)..<Int64($0 + 1) })
        ),
    ]

    @Test("each form means what the RFC says, or the whole", arguments: cases)
    func reads(field: String, expected: ByteRanges) { #expect(ByteRanges(field, size: 10) == expected) }
}

import TestSupport
import Testing

@testable import HTTP

@Suite("scanning bytes") struct ByteScanTests {
    @Test(
        "eight at a time find what one at a time finds",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func findsEndOfValue(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let rare: [UInt8] = [
            0x00, 0x08, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0x89, 0x9F, 0xA0, 0xFF,
        ]
        for _ in 0..<2_000 {
            // From one in six to none in most: long runs without one, too.
            let rarity = 6 + random.below(100)
            let bytes = (0..<random.below(90)).map { _ in
                random.below(rarity) == 0 ? rare[random.below(rare.count)] : UInt8(0x20 + random.below(0x5F))
            }
            let start = random.below(bytes.count + 1)
            let expected = bytes[start...].firstIndex { !ByteClass.isFieldValue($0) } ?? bytes.count
            #expect(
                ByteScan.endOfFieldValue(bytes.span, from: start) == expected,
                "seed \(seed): \(bytes) from \(start)"
            )
        }
    }

    @Test("the first underscore is found at every place", arguments: 0...20)
    func findsUnderscore(place: Int) {
        var bytes = Array("^abcdefghijklmno-pq~rs".utf8)
        #expect(ByteScan.firstUnderscore(bytes.span, 0..<bytes.count) == nil)
        bytes[place] = UInt8(ascii: "_")
        bytes[21] = UInt8(ascii: "_")
        #expect(ByteScan.firstUnderscore(bytes.span, 0..<22) == place)
        #expect(ByteScan.firstUnderscore(bytes.span, place..<place + 1) == place)
        #expect(ByteScan.firstUnderscore(bytes.span, 0..<place) == nil)
        #expect(ByteScan.firstUnderscore(bytes.span, (place + 1)..<21) == nil)
    }

    @Test("a beginning in lower case is that of each byte")
    func beginnings() {
        for byte in 0...255 as ClosedRange<UInt8> {
            for place in 0..<9 {
                var bytes = Array("KELVIN-@[".utf8)
                bytes[place] = byte
                for count in 0...9 {
                    let expected = bytes.prefix(min(count, 8)).reversed().reduce(0 as UInt64) {
                        $0 << 8 | UInt64(ByteClass.lowercase($1))
                    }
                    #expect(ByteScan.lowercaseBeginning(bytes.span.extracting(0..<count)) == expected)
                }
            }
        }
    }

    @Test("the classes are those of the standards (RFC 9110 §5.6.2, RFC 3986 §2)")
    func classes() {
        let alphanumeric = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let token = alphanumeric.union("!#$%&'*+-.^_`|~".utf8)
        let unreserved = alphanumeric.union("-._~".utf8)
        let target = unreserved.union(":/?[]@!$&'()*+,;=%^`|{}".utf8)
        for byte in 0...255 as ClosedRange<UInt8> {
            #expect(ByteClass.isToken(byte) == token.contains(byte))
            #expect(ByteClass.isUnreserved(byte) == unreserved.contains(byte))
            #expect(ByteClass.isTarget(byte) == target.contains(byte))
            let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            #expect(ByteClass.hexDigit(byte) == (byte < 0x80 ? digit.map(UInt8.init) : nil))
        }
    }

    /// List, and its members (RFC 9110 §5.6.1).
    static let lists: [(String, [String])] = [
        ("", []), (",", []), (" , ,\t", []), ("a", ["a"]), ("a,b", ["a", "b"]),
        (" a ,\tb ,,c", ["a", "b", "c"]),
        ("foo , ,bar,charlie", ["foo", "bar", "charlie"]), ("a b, c", ["a b", "c"]),
    ]

    @Test("a list has its members without white space and empty ones", arguments: lists)
    func listMembers(list: String, members: [String]) {
        let bytes = Array(list.utf8)
        var found: [String] = []
        ListMembers.forEach(in: bytes.span) { found.append(String(decoding: bytes[$0], as: UTF8.self)) }
        #expect(found == members)
    }
}

import FoundationEssentials
import TestSupport
import Testing

@testable import JSON

@Suite("numbers") struct NumberTests {
    static let integers: [(String, Int64?)] = [
        ("0", 0), ("-0", 0), ("-0.000e9", 0), ("1.0", 1), ("1e3", 1000), ("12.5e1", 125), ("1200e-2", 12),
        ("100e-1", 10),
        ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
        ("-9223372036854775809", nil), ("9007199254740993", 9_007_199_254_740_993),
        ("9.007199254740993e15", 9_007_199_254_740_993),
        ("1.5", nil), ("1e-1", nil), ("1e19", nil), ("1e400", nil), ("1e999999999999999999999", nil),
        ("0e999999999999999999999", 0), ("1e-999999999999999999999", nil), ("0.001e3", 1),
        ("922337203685477580.7e1", .max),
        ("92233720368547758070e-1", .max), ("0.9223372036854775807e19", .max),
        ("100000000000000000000e-20", 1),
        ("1.00000000000000000000", 1), ("1.00000000000000000001", nil), ("18446744073709551617", nil),
    ]

    @Test("an integer is exact or refused", arguments: integers)
    func exact(text: String, value: Int64?) {
        let bytes = Array("[\(text)]".utf8)
        #expect((try? JSONText.decode([Int64].self, from: bytes)) == value.map { [$0] })
    }

    @Test("each width has its bounds")
    func widths() throws {
        #expect(try JSONText.decode([UInt64].self, from: Array("[18446744073709551615]".utf8)) == [.max])
        #expect(try JSONText.decode([Int8].self, from: Array("[-128,127]".utf8)) == [-128, 127])
        for text in ["[256]", "[-1]", "[18446744073709551617]"] {
            let error = #expect(throws: JSONError.self) {
                try JSONText.decode(Set<UInt8>.self, from: Array(text.utf8))
            }
            #expect(error?.reason == .outOfRange)
            #expect(error?.problems.first?.expected == "an integer from 0 to 255")
        }
        #expect(try JSONText.encode([UInt64.max]) == Array("[18446744073709551615]".utf8))
        #expect(try JSONText.encode([Int64.min, 0, 9, 10]) == Array("[-9223372036854775808,0,9,10]".utf8))
        #expect(try JSONText.encode([Int8.min]) == Array("[-128]".utf8))
    }

    @Test(
        "a Double is the nearest one",
        arguments: [
            "0.1", "1e22", "1e23", "123456789012345678", "2.2250738585072011e-308", "5e-324", "2e-324",
            "1.7976931348623157e308",
            "9007199254740993", "0.500000000000000166533453693773481063544750213623046875",
            "7.2057594037927933e16",
            "8.98846567431158e307", "1e-400", "3.1415926535897932384626433832795",
        ]
    )
    func nearest(text: String) throws {
        let value = try #require(Double(text))
        #expect(try JSONText.decode([Double].self, from: Array("[\(text)]".utf8)) == [value])
        #expect(try JSONText.decode([Double].self, from: Array("[-\(text)]".utf8)) == [-value])
    }

    @Test(
        "random doubles are read as they were written, bit for bit",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<2_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let text = try JSONText.encode([value])
            #expect(
                try JSONText.decode([Double].self, from: text)[0].bitPattern == value.bitPattern,
                "seed \(seed)"
            )
            let short = Double(random.below(1_000_000)) / [1, 10, 1000, 1e9][random.below(4)]
            #expect(
                try JSONText.decode([Double].self, from: JSONText.encode([short])) == [short],
                "seed \(seed)"
            )
        }
    }

    @Test("overflow to infinity is an error", arguments: ["1e400", "-1e400", "1.8e308"])
    func infinite(text: String) {
        let bytes = Array("[\(text)]".utf8)
        #expect(
            #expect(throws: JSONError.self) { try JSONText.decode([Double].self, from: bytes) }?.reason
                == .outOfRange
        )
        #expect(
            #expect(throws: JSONError.self) { try JSONText.decode([Float].self, from: bytes) }?.reason
                == .outOfRange
        )
        #expect((try? Verdict.value(bytes)) == [.number(JSONNumber(validated: text))])
    }

    @Test("infinity and NaN are not written; a Double's sign of zero is")
    func nonFinite() throws {
        for value in [Double.infinity, -.infinity, .nan] {
            let error = #expect(throws: JSONError.self) { try JSONText.encode(["a": [1, value]]) }
            #expect(error?.reason == .nonFiniteNumber && error?.path.description == "a[1]")
            #expect(JSONNumber(value) == nil)
        }
        #expect(try Verdict.text([-0.0, 5.0, 1e20]) == "[-0.0,5.0,1e+20]")
    }

    @Test("decimals keep their digits")
    func decimals() throws {
        let value = try JSONText.decode([Decimal].self, from: Array("[0.1,1234567890.0123456789]".utf8))
        #expect(try Verdict.text(value) == "[0.1,1234567890.0123456789]")
        #expect(throws: JSONError.self) { try JSONText.encode([Decimal.nan]) }
    }

    @Test(
        "a number's text is a number",
        arguments: [
            ("1", true), ("-1.5e3", true), ("01", false), ("", false), ("x", false), ("1 ", false),
            ("-", false), ("+1", false),
        ]
    )
    func texts(text: String, isNumber: Bool) { #expect((JSONNumber(text) != nil) == isNumber) }
}

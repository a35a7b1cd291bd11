import TestSupport
import Testing

@testable import JSON

@Suite("random texts and values") struct PropertyTests {
    static let corpus: [[UInt8]] =
        GrammarCases.accepted.map { Array($0.0.utf8) } + GrammarCases.refused.map { Array($0.0.utf8) }

    private static let telling =
        Array("{}[]:,\"\\u0019eE+-.tfn \t\u{1}dDcC8\u{7F}\u{E9}".utf8) + [0xED, 0xA0, 0x80, 0xF4, 0xC0]

    private func mutated(_ random: inout SplitMix) -> [UInt8] {
        var bytes = Self.corpus[random.below(Self.corpus.count)]
        for _ in 0...random.below(4) {
            let place = random.below(bytes.count + 1)
            switch random.below(5) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(Self.telling[random.below(Self.telling.count)], at: place)
            case 3:
                let other = Self.corpus[random.below(Self.corpus.count)]
                bytes = Array(bytes[..<place]) + other[random.below(other.count + 1)...]
            default: bytes = Array(bytes[..<place])
            }
        }
        return bytes
    }

    @Test(
        "nothing ends the parser; what is read is written as a text that reads the same",
        arguments: 1...10 as ClosedRange<UInt64>
    )
    func mutations(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for number in 0..<3_000 {
            let bytes = mutated(&random)
            do throws(JSONError) {
                let value = try Verdict.value(bytes)
                let again = try Verdict.value(JSONText.encode(value))
                if again != value { Issue.record("seed \(seed), \(number): \(bytes)") }
            } catch {
                let offset = error.offset ?? -1
                if !(0...bytes.count).contains(offset) || !error.reason.isSyntax {
                    Issue.record("seed \(seed), \(number): \(bytes): \(error)")
                }
            }
            _ = try? JSONText.decodeCollecting(Order.self, from: bytes)
            _ = try? JSONText.decodeCollecting([Tree].self, from: bytes)
        }
    }

    @Test(
        "no cut of an array or object is a text",
        arguments: GrammarCases.accepted.map(\.0).filter { $0.contains("[") || $0.contains("{") }
    )
    func cuts(text: String) {
        let bytes = Array(text.utf8)
        let whole = text.trimmingSpaces
        for count in 0..<whole where bytes[..<count].contains(where: { $0 == 0x5B || $0 == 0x7B }) {
            #expect(Verdict.error(Array(bytes[..<count])) != nil, "cut at \(count)")
        }
    }

    @Test("any value, written in any way, reads the same", arguments: 1...10 as ClosedRange<UInt64>)
    func values(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<300 {
            let value = Self.value(&random, depth: 5)
            #expect(try Verdict.value(JSONText.encode(value)) == value, "seed \(seed)")
            let pretty = try JSONText.encode(value, JSONEncodingOptions(isPretty: true))
            #expect(try Verdict.value(pretty) == value, "seed \(seed)")
        }
    }

    /// A value at most `depth` levels high.
    static func value(_ random: inout SplitMix, depth: Int) -> JSONValue {
        switch random.below(depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(random.below(2) == 0)
        case 2:
            return .number(JSONNumber(Int64(truncatingIfNeeded: random.next()) >> Int64(random.below(64))))
        case 3: return .number(JSONNumber(Double(bitPattern: random.next())) ?? JSONNumber(0))
        case 4: return .string(text(&random))
        case 5: return .array((0..<random.below(5)).map { _ in value(&random, depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<random.below(20) { object[text(&random)] = value(&random, depth: depth - 1) }
            return .object(object)
        }
    }

    private static func text(_ random: inout SplitMix) -> String {
        var text = ""
        for _ in 0..<random.below(12) {
            let bound = [0x20, 0x80, 0x800, 0x110000][random.below(4)]
            if let scalar = Unicode.Scalar(UInt32(random.below(bound))) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension String {
    /// The bytes without white space at the end.
    fileprivate var trimmingSpaces: Int {
        (utf8.lastIndex { $0 > 0x20 }.map { utf8.distance(from: utf8.startIndex, to: $0) } ?? 0)
    }
}

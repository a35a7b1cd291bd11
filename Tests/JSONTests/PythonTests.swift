import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite("Python's json, where it is strict, reads the same texts and the same values")
struct PythonTests {
    /// What Python makes of each text.
    private func verdicts(_ texts: [[UInt8]]) async throws -> [String] {
        let lines = texts.map { text in
            text.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() + "\n"
        }
        let script = Program.script("Peers/python_json.py")
        let answer = try await Program.succeed("python3", [script], input: Array(lines.joined().utf8))
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("of the tables, of mutated texts and of random values")
    func same() async throws {
        var random = SplitMix(seed: 8259)
        var texts = PropertyTests.corpus
        for _ in 0..<300 { texts.append(try JSONText.encode(PropertyTests.value(&random, depth: 4))) }
        for text in texts where text.count > 2 {
            var changed = text
            changed[random.below(text.count)] = Array("{}[]:,\"\\u019eE+-. ".utf8)[random.below(18)]
            texts.append(changed)
        }
        let verdicts = try await verdicts(texts)
        try #require(verdicts.count == texts.count)
        var accepted: [(JSONValue, String)] = []
        for (text, verdict) in zip(texts, verdicts) {
            let ours = try? Verdict.value(text)
            #expect(
                (ours != nil) == (verdict != "no"),
                "\(String(decoding: text, as: UTF8.self)): \(verdict)"
            )
            if let ours, verdict != "no" { accepted.append((ours, verdict)) }
        }
        // What Python writes of what it read must be what it writes of what we read and wrote.
        let again = try await self.verdicts(accepted.map { try JSONText.encode($0.0) })
        #expect(again == accepted.map(\.1))
        #expect(accepted.count > 300)
    }
}

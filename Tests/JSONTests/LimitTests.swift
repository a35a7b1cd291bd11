import Testing

@testable import JSON

@Suite("limits") struct LimitTests {
    @Test("nesting to the limit is read, one more is refused", arguments: [1, 2, 64, 512])
    func depth(limit: Int) {
        var limits = JSONLimits()
        limits.depth = limit
        let text = { (depth: Int) in
            Array(String(repeating: "[", count: depth).utf8)
                + Array(String(repeating: "]", count: depth).utf8)
        }
        #expect(Verdict.error(text(limit), limits) == nil)
        #expect(Verdict.error(text(limit + 1), limits)?.reason == .tooDeep)
        #expect(Verdict.error(text(limit + 1), limits)?.offset == limit)
    }

    @Test("10 000 levels and 1 MiB of brackets end at the limit", arguments: ["[", "{\"a\":"])
    func deep(open: String) {
        for count in [10_000, 1 << 20] {
            let error = Verdict.error(Array(String(repeating: open, count: count).utf8))
            #expect(error?.reason == .tooDeep)
            #expect(error?.offset == 64 * open.utf8.count)
        }
    }

    @Test("a limit beyond what the stack bears is taken as 512")
    func unlimited() {
        var limits = JSONLimits()
        limits.depth = .max
        #expect(Verdict.error(Array(String(repeating: "[", count: 100_000).utf8), limits)?.offset == 512)
    }

    @Test("bytes and keys to the limit are read, one more is refused")
    func counts() {
        var limits = JSONLimits()
        limits.byteCount = 5
        limits.keyCount = 2
        #expect(Verdict.error(Array("12345".utf8), limits) == nil)
        #expect(Verdict.error(Array("123456".utf8), limits)?.reason == .tooLong)
        limits.byteCount = 100
        #expect(Verdict.error(Array(#"{"a":{"a":1,"b":2},"b":{"c":1}}"#.utf8), limits) == nil)
        #expect(Verdict.error(Array(#"{"a":1,"b":2,"c":3}"#.utf8), limits)?.reason == .tooManyKeys)
        #expect(Verdict.error(Array(#"{"a":1,"b":2,"c":3}"#.utf8), limits)?.offset == 13)
    }

    @Test("of many keys each may stand once", arguments: [2, 12, 13, 14, 100, 9_999])
    func manyKeys(count: Int) {
        let keys = (0..<count).map { "\"k\($0)\":\($0)" }
        #expect(Verdict.error(Array("{\(keys.joined(separator: ","))}".utf8)) == nil)
        for twin in [0, count / 2, count - 1] {
            let escaped = "\"\\u006b\(twin)\":0"
            let text = "{\(keys.joined(separator: ",")),\(escaped)}"
            let error = Verdict.error(Array(text.utf8))
            #expect(error?.reason == .duplicateKey)
            #expect(error?.offset == text.utf8.count - escaped.utf8.count - 1)
            #expect(error?.path.description == "k\(twin)")
        }
    }

    @Test("digits without end are a number")
    func longNumbers() throws {
        let digits = "[1" + String(repeating: "0", count: 100_000)
        #expect(Verdict.error(Array((digits + "]").utf8)) == nil)
        let text = Array((digits + "e-100000]").utf8)
        #expect(try JSONText.decode([Int].self, from: text) == [1])
        #expect(try JSONText.decode([Double].self, from: text) == [1])
        #expect(throws: JSONError.self) { try JSONText.decode([Int].self, from: Array((digits + "]").utf8)) }
        #expect(throws: JSONError.self) {
            try JSONText.decode([Double].self, from: Array((digits + "]").utf8))
        }
    }
}

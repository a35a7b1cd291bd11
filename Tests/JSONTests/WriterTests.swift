import Testing

@testable import JSON

@Suite("the writer") struct WriterTests {
    @Test("writes a line behind what is there")
    func line() throws {
        var line = Array("log: ".utf8)
        line.appendJSON { json in
            json.beginObject()
            json.key("msg" as StaticString)
            json.string("a\"\\\u{1}\u{1F}\t\u{8}\u{C}\r\né😀/")
            json.key("ké\n" as String)
            json.integer(-42)
            json.key("list" as StaticString)
            json.beginArray()
            json.number(1.5)
            json.number(.nan)
            json.bool(false)
            json.null()
            json.value(["x": []])
            json.endArray()
            json.key("empty" as StaticString)
            json.beginObject()
            json.endObject()
            json.endObject()
        }
        let expected =
            #"{"msg":"a\"\\\u0001\u001f\t\b\f\r\né😀/","ké\n":-42,"list":[1.5,null,false,null,{"x":[]}],"empty":{}}"#
        #expect(String(decoding: line, as: UTF8.self) == "log: " + expected)
        #expect(Verdict.error(Array(expected.utf8)) == nil)
    }

    @Test("stays in the memory that the array has")
    func inPlace() {
        var line: [UInt8] = []
        line.reserveCapacity(1000)
        let before = address(line)
        for _ in 0..<10 { line.appendJSON { json in json.string("0123456789 0123456789") } }
        #expect(address(line) == before)
        #expect(line.count == 230)
    }

    /// Only compared, never followed.
    private func address(_ bytes: [UInt8]) -> Int {
        unsafe bytes.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }

    @Test("bytes that are not UTF-8 become replacement characters")
    func malformed() {
        var writer = JSONWriter()
        writer.string(([0x61, 0xFF, 0xC3, 0x62, 0xE2, 0x82] as [UInt8]).span)
        #expect(writer.bytes == Array("\"a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\"".utf8))
    }

    @Test("integers of each width", arguments: [0, 1, 9, 10, 99, 100, .max, .min, -1] as [Int])
    func integers(value: Int) {
        var writer = JSONWriter()
        writer.integer(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == String(value))
    }
}

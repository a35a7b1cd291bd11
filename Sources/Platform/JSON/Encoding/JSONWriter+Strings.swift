extension JSONWriter {
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Appends a string in quotes: runs that need no escape in one piece.
    mutating func quote(_ text: Span<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        while start < text.count {
            let end = JSONScan.endOfPlain(text, from: start)
            append(text, start..<end)
            start = end < text.count ? appendSpecial(text, at: end) : end
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a string whose text `body` appends: printable ASCII without quote and backslash.
    mutating func plainString(_ body: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        // The pointer is used within the closure only.
        unsafe text.extracting(range).withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends the character at `index`, which ended a plain run, and returns where it ends.
    private mutating func appendSpecial(_ text: Span<UInt8>, at index: Int) -> Int {
        guard text[index] >= 0x80 else {
            appendEscape(of: text[index])
            return index + 1
        }
        let length = UTF8Sequence.length(text, at: index)
        guard length > 0 else {
            bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
            return index + 1
        }
        append(text, index..<index + length)
        return index + length
    }

    /// RFC 8259 §7: quote, backslash and controls.
    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] { bytes.append(Self.hexDigits[Int(byte) >> shift & 0xF]) }
        }
    }
}

package import FoundationEssentials

/// UUIDs as text: 32 hex digits in groups of 8, 4, 4, 4 and 12 (RFC 9562 §4).
///
/// Foundation reads them by `sscanf`, which passes signs and white space, and costs some twenty times as much.
package enum UUIDText {
    /// How many bytes a text has.
    package static let byteCount = 36

    /// Reads digits in either case; nil for anything else.
    package static func uuid(_ text: Span<UInt8>) -> UUID? {
        guard text.count == byteCount else { return nil }
        var (high, low) = (UInt64(0), UInt64(0))
        for index in 0..<byteCount {
            switch index {
            case 8, 13, 18, 23: guard text[index] == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = digit(text[index]) else { return nil }
                high = high << 4 | low >> 60
                low = low << 4 | UInt64(digit)
            }
        }
        // Two words of 8 bytes are as good as 16 bytes.
        return UUID(uuid: unsafe unsafeBitCast((high.bigEndian, low.bigEndian), to: uuid_t.self))
    }

    /// Reads digits in either case; nil for anything else.
    package static func uuid(_ text: String) -> UUID? { uuid(text.utf8.span) }

    /// Appends the text, in small letters as RFC 9562 §4 wants it written (Foundation writes capitals).
    package static func append(_ id: UUID, to bytes: inout [UInt8]) {
        // 16 bytes are as good as two words of 8.
        let (high, low) = unsafe unsafeBitCast(id.uuid, to: (UInt64, UInt64).self)
        var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
        var place = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { place += 1 }
            let word = nibble < 16 ? high.bigEndian : low.bigEndian
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15))) & 0xF
            text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            place += 1
        }
        // The pointer is used within the closure only.
        unsafe text.span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }
}

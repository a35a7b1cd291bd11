/// The classes of bytes that HTTP's grammar is made of. One place, used by the codec and by the message types.
enum ByteClass {
    /// `tchar` (RFC 9110 §5.6.2): a digit for each ASCII byte. Looking a byte up in a literal is the cheapest test there is.
    private static var token: StaticString {
        """
        0000000000000000000000000000000001011111001101101111111111000000\
        0111111111111111111111111110001111111111111111111111111111101010
        """
    }

    /// Whether `byte` may stand in a token.
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        isMember(byte, of: token)
    }

    /// What may stand in a request target besides `%` and its digits: RFC 3986's characters, and `[ ] ^ | { }` and the
    /// back-tick, which browsers leave alone in queries. Not `"`, `<`, `>`, `#`, `\`, space, controls, and bytes from 0x80 on.
    private static var target: StaticString {
        """
        0000000000000000000000000000000001001111111111111111111111110101\
        1111111111111111111111111111011111111111111111111111111111111110
        """
    }

    /// Whether `byte` may stand in a request target; `%` may, its digits are checked apart.
    @inline(__always) static func isTarget(_ byte: UInt8) -> Bool {
        isMember(byte, of: target)
    }

    /// Whether `byte` is `unreserved` (RFC 3986 §2.3): percent-encoding it means the same as not.
    static func isUnreserved(_ byte: UInt8) -> Bool { isMember(byte, of: unreserved) }

    private static var unreserved: StaticString {
        """
        0000000000000000000000000000000000000000000001101111111111000000\
        0111111111111111111111111110000101111111111111111111111111100010
        """
    }

    /// `reg-name` (RFC 3986 §3.2.2): unreserved, sub-delims, and `%`, whose digits are checked apart.
    private static var registeredName: StaticString {
        """
        0000000000000000000000000000000001001111111111101111111111010100\
        0111111111111111111111111110000101111111111111111111111111100010
        """
    }

    /// Whether `byte` may stand in the name of a host.
    @inline(__always) static func isRegisteredName(_ byte: UInt8) -> Bool {
        isMember(byte, of: registeredName)
    }

    /// Whether `byte` may stand in a field value: visible, space, tab, or obs-text (RFC 9110 §5.5).
    @inline(__always) static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    /// A letter's lower case; any other byte as it is.
    @inline(__always) static func lowercase(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 0x20 : byte
    }

    /// The value of a hex digit in either case.
    @inline(__always) static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }

    @inline(__always) private static func isMember(_ byte: UInt8, of set: StaticString) -> Bool {
        // A set has 128 digits, which live as long as the program.
        unsafe byte < 128 && set.utf8Start[Int(byte)] == UInt8(ascii: "1")
    }
}

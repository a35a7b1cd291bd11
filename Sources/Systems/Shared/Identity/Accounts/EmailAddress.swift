/// An e-mail address in the one spelling that it is kept and looked up by: lower case, without white space around it.
///
/// Of RFC 5321 the form that people have: a dot-atom of at most 64 characters, `@`, a host's name of two labels or more, 254
/// characters in all, ASCII alone; no quotes, no comments, no address literals.
struct EmailAddress: Sendable, Hashable {
    /// The address.
    let text: String

    /// Reads an address; nil for anything else.
    init?(_ text: String) {
        let trimmed = Self.trim(text.utf8).map(Self.lowercased)
        guard trimmed.count <= 254, let at = trimmed.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        guard Self.isLocalPart(trimmed[..<at]), Self.isHost(trimmed[(at + 1)...]) else { return nil }
        self.text = String(decoding: trimmed, as: UTF8.self)
    }

    private static func trim(_ bytes: String.UTF8View) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let start = Array(bytes.drop(while: isSpace))
        return Array(start.prefix((start.lastIndex { !isSpace($0) } ?? -1) + 1))
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    private static func isLocalPart(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...64).contains(bytes.count) else { return false }
        // `atext` of RFC 5322 §3.2.3.
        let others = Array("!#$%&'*+-/=?^_`{|}~".utf8)
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            atom in
            !atom.isEmpty && atom.allSatisfy { isLetterOrDigit($0) || others.contains($0) }
        }
    }

    private static func isHost(_ bytes: ArraySlice<UInt8>) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last, !top.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte)
    }
}

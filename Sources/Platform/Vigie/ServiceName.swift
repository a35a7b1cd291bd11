/// What a service is called, everywhere: in the registry, in metrics, in traces and logs, and in calls of others.
///
/// A DNS label (RFC 1123 §2.1), so that it can be part of a host's name: 1–63 of `a`–`z`, `0`–`9` and `-`, with a letter
/// first and no `-` at the end.
public struct ServiceName: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let name: String

    /// Takes a name; nil for one that breaks the rule.
    public init?(_ name: String) {
        guard Self.isName(name) else { return nil }
        self.name = name
    }

    /// Takes a name written in the source; one that breaks the rule stops the program.
    public init(stringLiteral name: String) {
        precondition(Self.isName(name), "\(name) is no service name: 1-63 of a-z, 0-9 and -, a letter first")
        self.name = name
    }

    /// The name.
    public var description: String { name }

    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...63).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
            return false
        }
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        return isLetter(first) && last != UInt8(ascii: "-")
            && bytes.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }
}

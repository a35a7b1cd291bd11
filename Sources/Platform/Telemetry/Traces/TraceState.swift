/// The header `tracestate` (W3C Trace Context level 1 §3.3): entries of vendors, newest first, kept as they came.
///
/// At most 32 entries; more, or one that breaks the grammar, discard all of them. Of two with the same key the first
/// stays. Beyond 512 bytes whole entries go, those of more than 128 bytes first, then from the end (§3.3.1.5).
public struct TraceState: Sendable, Hashable {
    /// The most entries.
    public static let memberLimit = 32
    /// The most bytes that are kept.
    public static let byteLimit = 512

    /// The value as it goes on the wire; empty without entries.
    public private(set) var bytes: [UInt8] = []

    /// Makes one without entries.
    public init() {}

    /// Reads one header value or several joined by commas; an invalid one gives no entries.
    public init(_ text: Span<UInt8>) {
        guard let members = Self.members(of: text), !members.isEmpty else { return }
        bytes.reserveCapacity(text.count)
        for range in Self.trimmed(members) { Self.append(text, range, to: &bytes) }
    }

    /// Whether there are no entries.
    public var isEmpty: Bool { bytes.isEmpty }

    /// The value under a key; nil without such an entry.
    public subscript(key: String) -> String? {
        let span = bytes.span
        for member in Self.members(of: span) ?? []
        where ByteText.equals(span, member.lowerBound..<member.separator, key.utf8) {
            return ByteText.string(span, (member.separator + 1)..<member.upperBound)
        }
        return nil
    }

    /// Puts an entry in front, in the place of one with the same key (§3.3.1.4).
    ///
    /// - Returns: false, with nothing changed, when key or value break the grammar.
    @discardableResult public mutating func set(_ key: String, _ value: String) -> Bool {
        let entry = Array("\(key)=\(value)".utf8)
        guard Self.members(of: entry.span)?.count == 1, entry.last != Self.space else { return false }
        let old = bytes
        let span = old.span
        var whole = entry
        var count = 1
        for member in Self.members(of: span) ?? [] where count < Self.memberLimit {
            guard !ByteText.equals(span, member.lowerBound..<member.separator, key.utf8) else { continue }
            Self.append(span, member.lowerBound..<member.upperBound, to: &whole)
            count += 1
        }
        self = TraceState(whole.span)
        return true
    }

    private static let space = UInt8(ascii: " ")

    /// One entry: where it begins, its `=`, and its end.
    private struct Member {
        let lowerBound: Int
        let separator: Int
        let upperBound: Int
        var count: Int { upperBound - lowerBound }
    }

    /// All entries; nil when one is invalid or there are too many.
    private static func members(of text: Span<UInt8>) -> [Member]? {
        var members: [Member] = []
        var start = 0
        while start <= text.count {
            let end = ByteText.end(before: UInt8(ascii: ","), in: text, start..<text.count)
            let range = ByteText.trimmed(text, start..<end)
            start = end + 1
            guard !range.isEmpty else { continue }
            guard let member = member(text, range) else { return nil }
            let isKnown = members.contains {
                ByteText.equals(
                    text,
                    $0.lowerBound..<$0.separator,
                    text,
                    member.lowerBound..<member.separator
                )
            }
            guard !isKnown else { continue }
            guard members.count < memberLimit else { return nil }
            members.append(member)
        }
        return members
    }

    private static func member(_ text: Span<UInt8>, _ range: Range<Int>) -> Member? {
        let separator = ByteText.end(before: UInt8(ascii: "="), in: text, range)
        guard separator < range.upperBound,
            TraceStateGrammar.isKey(text.extracting(range.lowerBound..<separator)),
            TraceStateGrammar.isValue(text.extracting((separator + 1)..<range.upperBound))
        else { return nil }
        return Member(lowerBound: range.lowerBound, separator: separator, upperBound: range.upperBound)
    }

    /// The entries that fit: long ones go first, then the last ones.
    private static func trimmed(_ members: [Member]) -> [Range<Int>] {
        var kept = members
        func size() -> Int { kept.reduce(kept.count - 1) { $0 + $1.count } }
        while size() > byteLimit, let long = kept.lastIndex(where: { $0.count > 128 }) {
            kept.remove(at: long)
        }
        while size() > byteLimit { kept.removeLast() }
        return kept.map { $0.lowerBound..<$0.upperBound }
    }

    private static func append(_ text: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        for index in range { bytes.append(text[index]) }
    }
}

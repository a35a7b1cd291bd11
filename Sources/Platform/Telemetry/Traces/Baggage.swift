/// The header `baggage` (W3C Baggage): names and values of the application that travel with a request.
///
/// Kept as it came, with the entries' properties; values are decoded when they are asked for. At most 64 entries and
/// 8 192 bytes: what is over is left out, from the end. An invalid entry is left out alone.
public struct Baggage: Sendable, Hashable {
    /// The most entries that are kept.
    public static let memberLimit = 64
    /// The most bytes that are kept.
    public static let byteLimit = 8192

    /// The value as it goes on the wire; empty without entries.
    public private(set) var bytes: [UInt8] = []

    /// Makes one without entries.
    public init() {}

    /// Reads one header value or several joined by commas.
    public init(_ text: Span<UInt8>) {
        var start = 0
        var count = 0
        while start < text.count, count < Self.memberLimit {
            let end = ByteText.end(before: UInt8(ascii: ","), in: text, start..<text.count)
            let range = ByteText.trimmed(text, start..<end)
            start = end + 1
            guard BaggageGrammar.key(of: text, range) != nil, append(text, range) else { continue }
            count += 1
        }
    }

    /// Whether there are no entries.
    public var isEmpty: Bool { bytes.isEmpty }

    /// The names and decoded values, in order.
    public var all: [(name: String, value: String)] {
        let span = bytes.span
        return members().map { member in
            let value = BaggageGrammar.value(of: span, member.range, after: member.key)
            return (ByteText.string(span, member.key), PercentCoding.decode(span, value))
        }
    }

    /// The decoded value under a name; nil without such an entry.
    public subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// Sets an entry, in the place of one with the same name; the value is percent-encoded as it needs to be.
    ///
    /// - Returns: false, with nothing changed, when the name is no token (RFC 9110 §5.6.2) or a limit is reached.
    @discardableResult public mutating func set(_ name: String, _ value: String) -> Bool {
        var entry = Array(name.utf8)
        entry.append(UInt8(ascii: "="))
        PercentCoding.encode(value.utf8, to: &entry)
        guard BaggageGrammar.key(of: entry.span, 0..<entry.count)?.count == name.utf8.count else {
            return false
        }
        var changed = self
        changed.remove(name)
        guard changed.members().count < Self.memberLimit, changed.append(entry.span, 0..<entry.count) else {
            return false
        }
        self = changed
        return true
    }

    /// Takes the entries of that name out.
    public mutating func remove(_ name: String) {
        let old = bytes
        let span = old.span
        var rest = Baggage()
        for member in members() where !ByteText.equals(span, member.key, name.utf8) {
            _ = rest.append(span, member.range)
        }
        self = rest
    }

    private func members() -> [(range: Range<Int>, key: Range<Int>)] {
        let span = bytes.span
        var members: [(Range<Int>, Range<Int>)] = []
        var start = 0
        while start < span.count {
            let end = ByteText.end(before: UInt8(ascii: ","), in: span, start..<span.count)
            if let key = BaggageGrammar.key(of: span, start..<end) { members.append((start..<end, key)) }
            start = end + 1
        }
        return members
    }

    private mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let comma = bytes.isEmpty ? 0 : 1
        guard bytes.count + comma + range.count <= Self.byteLimit else { return false }
        if comma == 1 { bytes.append(UInt8(ascii: ",")) }
        for index in range { bytes.append(text[index]) }
        return true
    }
}

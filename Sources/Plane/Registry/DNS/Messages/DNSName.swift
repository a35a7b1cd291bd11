/// A domain name: its labels, without the root's empty one (RFC 1035 §3.1).
struct DNSName: Sendable, Hashable {
    /// The longest label, in bytes.
    static let labelLimit = 63
    /// The longest name on the wire, in bytes.
    static let limit = 255

    let labels: [[UInt8]]

    /// Takes labels as they came over the wire.
    init(labels: [[UInt8]]) { self.labels = labels }

    /// Reads a name as people write it; nil when it can't stand in a message.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        var labels = parts.map { Array($0) }
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.allSatisfy({ 1...Self.labelLimit ~= $0.count }) else { return nil }
        self.labels = labels
        guard wireCount <= Self.limit else { return nil }
    }

    /// Bytes on the wire.
    var wireCount: Int { labels.reduce(1) { $0 + $1.count + 1 } }

    /// The labels as texts that compare without regard to case.
    var texts: [String] { labels.map { String(decoding: $0, as: UTF8.self).lowercased() } }

    func append(to bytes: inout [UInt8]) {
        for label in labels {
            bytes.append(UInt8(label.count))
            bytes += label
        }
        bytes.append(0)
    }
}

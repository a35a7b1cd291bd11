/// One question as it came over the wire (RFC 1035 §4, RFC 6891).
///
/// The reader is strict: exactly one question, no answers, no compression (a query has nothing to point to), no byte too
/// many. It follows no pointer, so that no message can keep it busy.
struct DNSQuery: Sendable, Equatable {
    /// What a client that speaks EDNS says.
    struct Extension: Sendable, Equatable {
        /// The most bytes of a datagram that it takes.
        let payload: UInt16
        let version: UInt8
        /// Whether it asked for signatures, which is repeated to it (RFC 3225 §3).
        let wantsSignatures: Bool
    }

    /// The longest message that is read. Real ones are below 512 bytes.
    static let limit = 4096
    /// The class of the internet.
    static let internet: UInt16 = 1
    /// Any class.
    static let anyClass: UInt16 = 255
    /// Records beside the question: OPT, and few others.
    private static let additionalLimit = 4

    let id: UInt16
    let wantsRecursion: Bool
    let name: DNSName
    let type: UInt16
    let recordClass: UInt16
    let edns: Extension?

    /// What a message is.
    enum Reading: Sendable, Equatable {
        case query(DNSQuery)
        /// No query that can be answered, but one that can be told so.
        case refused(id: UInt16, wantsRecursion: Bool, DNSCode)
        /// No query at all: an answer to it could begin a conversation of two servers.
        case ignored
    }

    /// Reads a message.
    static func read(_ bytes: [UInt8]) -> Reading {
        var reader = DNSReader(bytes)
        guard bytes.count <= limit, let id = reader.number(), let flags = reader.number(),
            flags & 0x8000 == 0,
            let questions = reader.number(), let answers = reader.number(), let authorities = reader.number(),
            let additionals = reader.number()
        else { return .ignored }
        let wantsRecursion = flags & 0x0100 != 0
        func refused(_ code: DNSCode) -> Reading { .refused(id: id, wantsRecursion: wantsRecursion, code) }
        guard flags & 0x7800 == 0 else { return refused(.notImplemented) }
        guard flags & 0x0200 == 0, questions == 1, answers == 0, authorities == 0,
            additionals <= additionalLimit,
            let name = reader.name(), let type = reader.number(), let recordClass = reader.number()
        else { return refused(.formatError) }
        var edns: Extension?
        for _ in 0..<additionals {
            guard let record = reader.record() else { return refused(.formatError) }
            guard record.type == DNSType.opt else { continue }
            guard edns == nil, record.name.labels.isEmpty else { return refused(.formatError) }
            edns = Extension(
                payload: record.recordClass,
                version: UInt8(truncatingIfNeeded: record.ttl >> 16),
                wantsSignatures: record.ttl & 0x8000 != 0
            )
        }
        guard reader.isAtEnd else { return refused(.formatError) }
        return .query(
            DNSQuery(
                id: id,
                wantsRecursion: wantsRecursion,
                name: name,
                type: type,
                recordClass: recordClass,
                edns: edns
            )
        )
    }
}

/// Takes the parts of a message one after the other; nil where the bytes end or break a rule.
struct DNSReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() -> UInt16? {
        guard let high = byte(), let low = byte() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    /// A name without pointers: their two bits make a label's length invalid.
    mutating func name() -> DNSName? {
        var labels: [[UInt8]] = []
        var count = 1
        while let length = byte() {
            guard length > 0 else { return DNSName(labels: labels) }
            let end = position + Int(length)
            count += Int(length) + 1
            guard length <= DNSName.labelLimit, count <= DNSName.limit, end <= bytes.count else { return nil }
            labels.append(Array(bytes[position..<end]))
            position = end
        }
        return nil
    }

    /// A record; its data is passed over.
    mutating func record() -> (name: DNSName, type: UInt16, recordClass: UInt16, ttl: UInt32)? {
        guard let name = name(), let type = number(), let recordClass = number(), let high = number(),
            let low = number(), let count = number(), Int(count) <= bytes.count - position
        else { return nil }
        position += Int(count)
        return (name, type, recordClass, UInt32(high) << 16 | UInt32(low))
    }
}

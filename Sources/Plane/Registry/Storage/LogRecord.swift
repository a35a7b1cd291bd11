/// One write in the log: a mark, the payload's length and CRC-32, the write's index, its mutations.
///
/// The index is the record's number too: records follow each other with growing indexes, so that a lost one shows.
struct LogRecord: Sendable, Equatable {
    /// `VWR1`.
    static let mark: [UInt8] = [0x56, 0x57, 0x52, 0x31]
    static let headerCount = 12
    /// The most bytes of a payload: far above what one request can bring.
    static let payloadLimit = 64 * 1024 * 1024

    let index: UInt64
    let mutations: [Mutation]

    func append(to bytes: inout [UInt8]) {
        var writer = ByteWriter()
        writer.number(index)
        writer.list(mutations) { $1.encode(to: &$0) }
        bytes.append(contentsOf: Self.mark)
        Self.append(UInt32(writer.bytes.count), to: &bytes)
        Self.append(CRC32.checksum(writer.bytes[...]), to: &bytes)
        bytes.append(contentsOf: writer.bytes)
    }

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    /// What stands at a place of a log.
    enum Reading: Equatable {
        case record(LogRecord, end: Int)
        /// The bytes end within it, or are not what was written.
        case broken
    }

    /// Reads the record at `offset`.
    static func read(_ bytes: [UInt8], at offset: Int) -> Reading {
        guard let payload = payload(bytes, at: offset) else { return .broken }
        do throws(ByteReader.Malformed) {
            var reader = ByteReader(bytes[payload])
            let index = try reader.number()
            let mutations = try reader.list { (reader) throws(ByteReader.Malformed) in
                try Mutation(from: &reader)
            }
            guard reader.isAtEnd else { return .broken }
            return .record(LogRecord(index: index, mutations: mutations), end: payload.upperBound)
        } catch {
            return .broken
        }
    }

    /// Where the payload stands when mark, length and checksum are right.
    static func payload(_ bytes: [UInt8], at offset: Int) -> Range<Int>? {
        let start = offset + headerCount
        guard offset >= 0, start <= bytes.count, bytes[offset..<offset + 4].elementsEqual(mark) else {
            return nil
        }
        let count = Int(number(bytes, at: offset + 4))
        guard count <= payloadLimit, count <= bytes.count - start else { return nil }
        let range = start..<start + count
        return CRC32.checksum(bytes[range]) == number(bytes, at: offset + 8) ? range : nil
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
}

/// A log's bytes read from the beginning to the first place that is not right.
struct LogScan: Sendable {
    /// What was read.
    let records: [LogRecord]
    /// Bytes up to there.
    let end: Int
    /// Where a whole record stands behind what is broken; nil when nothing does: then what is broken was the last write,
    /// never acknowledged.
    let nextWhole: Int?

    /// Reads `bytes` from `offset` on; indexes must follow each other, from behind `last`.
    init(_ bytes: [UInt8], from offset: Int = 0, behind last: UInt64 = 0) {
        var records: [LogRecord] = []
        var position = offset
        var last = last
        while position < bytes.count,
            case .record(let record, let next) = LogRecord.read(bytes, at: position),
            record.index == last + 1
        {
            records.append(record)
            last = record.index
            position = next
        }
        self.records = records
        end = position
        nextWhole = position < bytes.count ? Self.findRecord(bytes, behind: position) : nil
    }

    /// A whole record behind `position`: its mark with a right length and checksum.
    private static func findRecord(_ bytes: [UInt8], behind position: Int) -> Int? {
        var offset = position + 1
        while offset + LogRecord.headerCount <= bytes.count {
            if bytes[offset] == LogRecord.mark[0], LogRecord.payload(bytes, at: offset) != nil {
                return offset
            }
            offset += 1
        }
        return nil
    }
}

import Reactor

/// How far a file of the access log has been read.
struct LogReading: Sendable {
    /// The file.
    let file: LogFile
    /// The first byte that has not been read.
    private(set) var offset: Int64
    /// When it is read no more; nil for the file that nginx writes.
    var end: MonotonicInstant?

    private static let pieceSize = 1 << 18

    /// Begins at `offset`, or at the end of a file that is shorter.
    init(_ file: LogFile, from offset: Int64) {
        self.file = file
        self.offset = min(offset, file.size)
    }

    /// Hands all whole lines that are new to `take`; blocks. What is longer than 256 KiB comes in pieces, which are no lines.
    ///
    /// - Throws: `SystemError`.
    mutating func read(_ take: (ArraySlice<UInt8>) -> Void) throws(SystemError) {
        while true {
            let bytes = try file.bytes(from: offset, atMost: Self.pieceSize)
            guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
                guard bytes.count == Self.pieceSize else { return }
                offset += Int64(bytes.count)
                take(bytes[...])
                continue
            }
            for line in bytes[..<last].split(separator: UInt8(ascii: "\n")) { take(line) }
            offset += Int64(last + 1)
        }
    }
}

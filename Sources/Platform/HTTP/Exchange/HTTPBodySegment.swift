public import Reactor

/// A piece of a content that is at hand: bytes, or a part of an open file.
public enum HTTPBodySegment: Sendable {
    /// Bytes.
    case bytes([UInt8])
    /// So many bytes of a file from an offset on.
    case file(OpenFile, offset: Int64, count: Int)

    /// Its length in bytes.
    public var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(_, _, let count): count
        }
    }
}

/// Reads segments piece by piece, files through their blocking pool.
struct SegmentReader: AsyncIteratorProtocol {
    private var segments: ArraySlice<HTTPBodySegment>

    init(_ segments: [HTTPBodySegment]) { self.segments = segments[...] }

    mutating func next() async throws -> [UInt8]? {
        while let segment = segments.popFirst() {
            switch segment {
            case .bytes(let bytes): if !bytes.isEmpty { return bytes }
            case .file(let file, let offset, let count):
                guard count > 0 else { continue }
                let piece = try await file.read(at: offset, count: min(count, 1 << 16))
                let rest = count - piece.count
                if rest > 0 {
                    segments = [.file(file, offset: offset + Int64(piece.count), count: rest)] + segments
                }
                return piece
            }
        }
        return nil
    }
}

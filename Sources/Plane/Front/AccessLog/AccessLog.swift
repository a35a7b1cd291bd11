import Glibc
import Reactor

/// The access log's files: the one that nginx writes, and those before it. All calls block.
///
/// How far they have been read is kept in a file beside them, so that a front that starts goes on behind the last line that
/// the one before it counted.
struct AccessLog: Sendable {
    private let path: String
    private let sizeLimit: Int64
    private var current: LogReading?
    /// Those that were put aside, into which a worker may still write.
    private var former: [LogReading] = []
    private var saved: [String] = []

    /// How many files are kept beside the one that nginx writes.
    private static let kept = 3
    /// How long a file that was put aside is read on: workers open the new one within milliseconds.
    private static let patience = Duration.seconds(5)

    /// Takes the log at `path`, from where it was left; one that nobody has read, from its end.
    ///
    /// - Parameters:
    ///   - path: the file that nginx writes.
    ///   - sizeLimit: at which size it is put aside, in bytes.
    /// - Throws: `SystemError`.
    init(_ path: String, sizeLimit: Int64) throws(SystemError) {
        (self.path, self.sizeLimit) = (path, sizeLimit)
        let marks = Self.marks(at: "\(path).read")
        if let file = try LogFile.open("\(path).1"), let offset = marks[file.inode] {
            former.append(LogReading(file, from: offset))
            former[0].end = .now + Self.patience
        }
        if let file = try LogFile.open(path) {
            current = LogReading(file, from: marks[file.inode] ?? (marks.isEmpty ? file.size : 0))
        }
    }

    /// Hands all whole lines that are new to `take`.
    ///
    /// - Throws: `SystemError`.
    mutating func read(_ take: (ArraySlice<UInt8>) -> Void) throws(SystemError) {
        for index in former.indices { try former[index].read(take) }
        former.removeAll { $0.end.map { .now > $0 } ?? false }
        if current == nil { current = try LogFile.open(path).map { LogReading($0, from: 0) } }
        try current?.read(take)
    }

    /// Puts the file aside when it is large enough; true when nginx has to open a new one.
    ///
    /// - Throws: `SystemError`.
    mutating func rotate() throws(SystemError) -> Bool {
        guard var reading = current, reading.offset >= sizeLimit else { return false }
        for number in (1..<Self.kept).reversed() {
            // One that is not there yet is none to put further back.
            _ = unsafe rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        try PlainFile.move(path, to: "\(path).1")
        reading.end = .now + Self.patience
        former.append(reading)
        current = nil
        return true
    }

    /// Writes down how far the files have been read, when that has changed.
    ///
    /// - Throws: `SystemError`.
    mutating func save() throws(SystemError) {
        let lines = (former + [current].compactMap(\.self)).map { "\($0.file.inode) \($0.offset)" }
        guard lines != saved else { return }
        try PlainFile.replace("\(path).read", with: Array(lines.joined(separator: "\n").utf8))
        saved = lines
    }

    private static func marks(at path: String) -> [UInt64: Int64] {
        guard let bytes = try? PlainFile.read(path, atMost: 4_096) else { return [:] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: " ")
        }
        return lines.reduce(into: [:]) { marks, numbers in
            guard numbers.count == 2, let inode = UInt64(numbers[0]), let offset = Int64(numbers[1]) else {
                return
            }
            marks[inode] = max(0, offset)
        }
    }
}

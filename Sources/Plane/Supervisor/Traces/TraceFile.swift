import FoundationEssentials
import Glibc
import Reactor

/// The spans of a run as lines of OTLP/JSON (ExportTraceServiceRequest, one a line), in two files of a bounded size: when the
/// present one is full, it takes the place of the one before.
package struct TraceFile: Sendable {
    /// How large one of the two becomes.
    static let byteLimit: Int64 = 32 << 20
    /// How many runs are kept.
    static let keptRuns = 3

    private let path: String

    /// A file for a run that begins now; those of older runs than the last ones are removed.
    ///
    /// - Throws: what the file system says.
    static func begin(in folder: String) throws -> TraceFile {
        for old in runs(in: folder).dropFirst(keptRuns - 1) {
            for name in [old, old + ".1"] where Files.exists(name) { Files.remove(name) }
        }
        return TraceFile(path: "\(folder)/run-\(Int(Date().timeIntervalSince1970)).jsonl")
    }

    /// Adds a line.
    ///
    /// - Throws: `SystemError`: nothing of it is there then, or the line is cut and readers pass over it.
    func append(_ line: [UInt8]) throws(SystemError) {
        let file = try Files.open(path, O_WRONLY | O_CREAT | O_APPEND)
        try Files.write(line + [UInt8(ascii: "\n")], to: file.number, path)
        if lseek(file.number, 0, SEEK_END) >= Self.byteLimit { try Files.rename(path, to: path + ".1") }
    }

    /// All lines of the newest run, the oldest first.
    package static func lines(in folder: String) throws -> [[UInt8]] {
        guard let newest = runs(in: folder).first else { return [] }
        var lines: [[UInt8]] = []
        for name in [newest + ".1", newest] where Files.exists(name) {
            let data = try Data(contentsOf: URL(filePath: name))
            lines += Array(data).split(separator: UInt8(ascii: "\n")).map(Array.init)
        }
        return lines
    }

    /// The files of all runs, the newest first.
    private static func runs(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let bases = names.map { $0.hasSuffix(".1") ? String($0.dropLast(2)) : $0 }
        return Set(bases.filter { $0.hasPrefix("run-") && $0.hasSuffix(".jsonl") }).sorted(by: >)
            .map { "\(folder)/\($0)" }
    }
}

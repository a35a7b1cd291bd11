import FoundationEssentials
import Glibc
import JSON
import Reactor

/// Secrets of a system on this machine: made once, kept in a file for this user alone.
struct SystemSecrets: Sendable {
    private let path: String
    private var values: [String: String]

    /// Reads those of this file.
    ///
    /// - Throws: what is wrong with it: what was encrypted with lost secrets can't be read any more.
    init(_ path: String) throws {
        self.path = path
        guard Files.exists(path) else {
            values = [:]
            return
        }
        let data = try Data(contentsOf: URL(filePath: path))
        do { values = try JSONText.decode([String: String].self, from: Array(data)) } catch {
            throw Tool.Failure(
                description: "\(path) can't be read as JSON: \(error); without it databases can't be opened"
            )
        }
    }

    /// The secret of a name, 64 hexadecimal digits; made when it is asked for the first time.
    mutating func value(_ name: String) throws -> String {
        if let value = values[name] { return value }
        // The system's generator, which is getrandom(2) on Linux.
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let value = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        values[name] = value
        try write()
        return value
    }

    /// Whole or not at all, and never readable for others.
    private func write() throws {
        let content = try JSONText.encode(values, JSONEncodingOptions(sortsKeys: true, isPretty: true))
        let new = path + ".new"
        let file = try Files.open(new, O_WRONLY | O_CREAT | O_TRUNC)
        try Files.write(content, to: file.number, new)
        guard fsync(file.number) == 0 else { throw SystemError("write \(new)") }
        try Files.rename(new, to: path)
    }
}

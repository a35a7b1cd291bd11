import FoundationEssentials
import Glibc
import JSON

/// Which processes a supervisor has started, in a file, so that the next one finds what a killed one left.
struct RunRecord: Sendable {
    /// A process that was started.
    struct Started: Codable, Sendable, Equatable {
        let name: String
        let id: Int32
        let start: UInt64
    }

    private let path: String
    private(set) var started: [Started] = []

    /// The record in this file.
    init(_ path: String) { self.path = path }

    /// Notes a start. What can't be written is not found by the next run, which is said.
    mutating func add(_ name: String, _ id: Int32) throws {
        guard let entry = ProcessTable.entry(id) else { return }
        started.removeAll { $0.name == name }
        started.append(Started(name: name, id: id, start: entry.start))
        try write()
    }

    /// Notes an end.
    mutating func remove(_ name: String) throws {
        started.removeAll { $0.name == name }
        try write()
    }

    private func write() throws {
        try Data(try JSONText.encode(started)).write(to: URL(filePath: path), options: .atomic)
    }

    /// Ends what is left of an earlier run: each process that is still the one that was noted, with its group.
    ///
    /// - Returns: the names of those that were ended.
    static func endLeftovers(of path: String) -> [String] {
        guard let data = try? Data(contentsOf: URL(filePath: path)),
            let started = try? JSONText.decode([Started].self, from: Array(data))
        else { return [] }
        let left = started.filter { ProcessTable.entry($0.id)?.start == $0.start }
        for process in left where kill(-process.id, SIGKILL) != 0 { kill(process.id, SIGKILL) }
        return left.map(\.name)
    }
}

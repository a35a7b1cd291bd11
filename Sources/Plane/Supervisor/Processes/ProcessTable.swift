import FoundationEssentials
import Glibc
import Reactor

/// What the kernel tells of processes (proc(5)), read once.
package struct ProcessTable: Sendable {
    /// A process.
    package struct Entry: Sendable, Equatable {
        package let id: Int32
        package let parent: Int32
        package let group: Int32
        /// When it began, in ticks since the boot: with the number it names a process for ever.
        package let start: UInt64
    }

    private let entries: [Int32: Entry]
    private let children: [Int32: [Int32]]

    /// Reads all processes.
    package init() {
        var entries: [Int32: Entry] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for name in names {
            guard let id = Int32(name), let entry = Self.entry(id) else { continue }
            entries[id] = entry
        }
        self.entries = entries
        children = Dictionary(grouping: entries.values, by: \.parent).mapValues { $0.map(\.id) }
    }

    /// A process, if it is there.
    package static func entry(_ id: Int32) -> Entry? {
        guard let text = text("/proc/\(id)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", let parent = Int32(fields[1]),
            let group = Int32(fields[2]),
            let start = UInt64(fields[19])
        else { return nil }
        return Entry(id: id, parent: parent, group: group, start: start)
    }

    /// A process and all that it has started, directly or not.
    package func tree(_ id: Int32) -> [Int32] {
        guard entries[id] != nil else { return [] }
        var found = [id]
        var next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        return found
    }

    /// The share of memory that is a process's own (PSS, proc_pid_smaps), bytes; 0 when it is gone or may not be read.
    package static func memory(_ id: Int32) -> Int {
        guard let text = text("/proc/\(id)/smaps_rollup"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kilobytes << 10
    }

    private static func text(_ path: String) -> String? {
        guard let file = try? Files.open(path, O_RDONLY) else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 13)
        while true {
            let count = unsafe read(file.number, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

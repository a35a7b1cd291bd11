import FoundationEssentials
import Glibc
import Reactor
import Supervisor

/// `vigie logs`: what processes wrote, of those that run and those that have ended.
struct LogsCommand: Sendable {
    private let names: [String]
    private let count: Int
    private let search: String?
    private let follows: Bool
    private let folder: SystemFolder

    /// How often files are looked at again.
    private static let interval = Duration.milliseconds(200)

    /// A file that is read.
    private struct Source {
        let name: String
        let path: String
        var offset = 0
        var inode: UInt64 = 0
    }

    init(_ texts: [String], on group: EventLoopGroup) async throws {
        let arguments = try Arguments(
            texts,
            flags: RunningSystem.flags.union(["--follow", "-f"]),
            options: RunningSystem.options.union(["--tail", "--search"]),
            names: 0...64
        )
        names = arguments.names
        follows = arguments.has("--follow") || arguments.has("-f")
        search = arguments.value("--search")
        guard let count = Int(arguments.value("--tail") ?? "20"), count >= 0 else {
            throw Arguments.Mistake(description: "--tail is a number of lines")
        }
        self.count = count
        folder = try await RunningSystem.folder(arguments, on: group)
    }

    func run(on group: EventLoopGroup) async throws -> Int32 {
        var sources = sources()
        guard !sources.isEmpty else {
            let known = all().map { $0.name }.joined(separator: ", ")
            let problem =
                known.isEmpty
                ? "there are no logs in \(folder.logs)" : "there is no such log; there are: \(known)"
            throw Arguments.Mistake(description: problem)
        }
        let width = sources.map(\.name.count).max() ?? 0
        for index in sources.indices { printTail(&sources[index], width) }
        guard follows else { return VigieCommand.Status.ended }
        let loop = group.loops[0]
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask(executorPreference: loop) {
                for await _ in try Signals.arrivals(of: [SIGTERM, SIGINT, SIGHUP], on: loop) { break }
            }
            tasks.addTask(executorPreference: loop) { [sources] in
                var sources = sources
                while !Task.isCancelled {
                    for new in self.sources() where !sources.contains(where: { $0.path == new.path }) {
                        sources.append(new)
                    }
                    for index in sources.indices { printNew(&sources[index], width) }
                    do { try await loop.sleep(for: Self.interval) } catch { return }
                }
            }
            try await tasks.next()
            tasks.cancelAll()
            return VigieCommand.Status.ended
        }
    }

    private func all() -> [Source] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.logs)) ?? []
        return files.filter { $0.hasSuffix(".log") }.sorted().map { file in
            Source(name: Self.name(of: String(file.dropLast(4))), path: "\(folder.logs)/\(file)")
        }
    }

    /// `listing-2` is the file of `listing/2`.
    private static func name(of file: String) -> String {
        guard let dash = file.lastIndex(of: "-"), Int(file[file.index(after: dash)...]) != nil else {
            return file
        }
        return file[..<dash] + "/" + file[file.index(after: dash)...]
    }

    private func sources() -> [Source] {
        all().filter { source in
            names.isEmpty || names.contains { $0 == source.name || source.name.hasPrefix($0 + "/") }
        }
    }

    private func printTail(_ source: inout Source, _ width: Int) {
        guard let data = try? Data(contentsOf: URL(filePath: source.path)) else { return }
        let lines = Array(data).split(separator: UInt8(ascii: "\n")).map {
            String(decoding: $0, as: UTF8.self)
        }
        for line in lines.filter(isWanted).suffix(count) { write(line, of: source, width) }
        source.offset = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        source.inode = Self.inode(source.path)
    }

    private func printNew(_ source: inout Source, _ width: Int) {
        let inode = Self.inode(source.path)
        if inode != source.inode {
            // It was put aside: what came last stands in the file before.
            if source.inode != 0 { readOn(&source, source.path + ".1", width) }
            (source.inode, source.offset) = (inode, 0)
        }
        readOn(&source, source.path, width)
    }

    private func readOn(_ source: inout Source, _ path: String, _ width: Int) {
        // A file that has gone meanwhile has nothing new.
        guard let data = try? Files.read(path, from: source.offset),
            let end = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return }
        for line in data[...end].split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            if isWanted(text) { write(text, of: source, width) }
        }
        source.offset += end + 1
    }

    private func isWanted(_ line: String) -> Bool { search.map { line.contains($0) } ?? true }

    private func write(_ line: String, of source: Source, _ width: Int) {
        let space = String(repeating: " ", count: max(0, width - source.name.count))
        StandardStream.output.write(line: "\(source.name)\(space) | \(line)")
    }

    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}

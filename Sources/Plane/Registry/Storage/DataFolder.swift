import FoundationEssentials
import Reactor

/// Where a registry keeps its state: `snapshot-N`, all tables at one moment, and `log-N`, the writes behind it. Log N
/// begins where snapshot N ends; older files are removed when snapshot N is whole. All calls block.
struct DataFolder: Sendable {
    /// What was found.
    struct Recovered: Sendable {
        var tables = Tables()
        /// The number of the log to go on with.
        var number = 0
        /// Its length in bytes.
        var logByteCount = 0
        /// Bytes of a write that was never acknowledged, cut off.
        var tornByteCount = 0
        /// When the snapshot was made, in seconds since 1970; nil without one.
        var snapshotTime: Double?
    }

    let path: String
    private let lock: FolderLock

    /// Makes the folder where it is missing, and takes it for this process.
    init(_ path: String) throws(RegistryError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw RegistryError("make folder \(path): \(error)")
        }
        lock = try FolderLock("\(path)/lock")
        self.path = path
    }

    func logPath(_ number: Int) -> String { "\(path)/log-\(number)" }
    func snapshotPath(_ number: Int) -> String { "\(path)/snapshot-\(number)" }

    /// Reads all that was kept. A torn tail of the last log is cut off: it was never acknowledged.
    ///
    /// With `limit`, only writes up to that index are read, and nothing is cut off: for the time in which the disk refuses.
    ///
    /// - Throws: ``RegistryError`` for damage elsewhere, naming file and place: what stands behind it was acknowledged.
    func recover(upTo limit: UInt64? = nil) throws(RegistryError) -> Recovered {
        let names = try names()
        var recovered = Recovered()
        if let number = numbers(names, "snapshot-").last {
            guard let tables = Snapshot.decode(try read(snapshotPath(number))) else {
                throw RegistryError(
                    "\(snapshotPath(number)) is damaged: restore it from a copy, or remove the folder to begin empty"
                )
            }
            recovered.tables = tables
            recovered.number = number
            recovered.snapshotTime = modificationTime(snapshotPath(number))
        }
        let logs = numbers(names, "log-").filter { $0 >= recovered.number }
        for (place, number) in logs.enumerated() {
            guard number == recovered.number + (place > 0 ? 1 : 0) else {
                throw RegistryError("\(logPath(number - 1)) is missing: restore it from a copy")
            }
            recovered.number = number
            try replay(number, isLast: place == logs.count - 1, upTo: limit, &recovered)
        }
        return recovered
    }

    private func replay(
        _ number: Int,
        isLast: Bool,
        upTo limit: UInt64?,
        _ recovered: inout Recovered
    ) throws(RegistryError) {
        let bytes = try read(logPath(number))
        let scan = LogScan(bytes, behind: recovered.tables.indexes.all)
        if scan.end < bytes.count {
            guard isLast, scan.nextWhole == nil else {
                let behind =
                    scan.nextWhole.map { "whole records follow from byte \($0)" } ?? "other logs follow"
                throw RegistryError(
                    "\(logPath(number)) is damaged at byte \(scan.end), and \(behind): acknowledged writes would be lost; "
                        + "restore the folder from a copy, or remove it to begin empty"
                )
            }
            recovered.tornByteCount = bytes.count - scan.end
            if limit == nil {
                do throws(SystemError) {
                    try LogFile(logPath(number)).truncate(to: scan.end)
                } catch { throw RegistryError("\(error)") }
            }
        }
        recovered.logByteCount = scan.end
        var touched: Set<WatchKey> = []
        for record in scan.records where record.index <= limit ?? .max {
            recovered.tables.indexes.all = record.index
            for mutation in record.mutations { recovered.tables.apply(mutation, touching: &touched) }
            touched.removeAll(keepingCapacity: true)
        }
    }

    /// Writes a snapshot under another name, brings it to the disk, gives it its name, and removes what is older.
    func write(snapshot tables: Tables, number: Int) throws(SystemError) {
        let temporary = "\(snapshotPath(number)).tmp"
        _ = try? FileManager.default.removeItem(atPath: temporary)
        try LogFile(temporary).append(Snapshot.encode(tables))
        try Folder.rename(temporary, to: snapshotPath(number))
        try Folder.sync(path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for old in numbers(names, "log-") where old < number {
            _ = try? FileManager.default.removeItem(atPath: logPath(old))
        }
        for old in names where old.hasSuffix(".tmp") && !old.hasPrefix("snapshot-\(number).") {
            _ = try? FileManager.default.removeItem(atPath: "\(path)/\(old)")
        }
        for old in numbers(names, "snapshot-") where old < number {
            _ = try? FileManager.default.removeItem(atPath: snapshotPath(old))
        }
    }

    /// Opens a log to be written; a new one's name is on the disk before its first record.
    func openLog(_ number: Int) throws(SystemError) -> LogFile {
        let file = try LogFile(logPath(number))
        try Folder.sync(path)
        return file
    }

    private func names() throws(RegistryError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch { throw RegistryError("read folder \(path): \(error)") }
    }

    private func numbers(_ names: [String], _ prefix: String) -> [Int] {
        names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }.sorted()
    }

    private func read(_ path: String) throws(RegistryError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch { throw RegistryError("read \(path): \(error)") }
    }

    private func modificationTime(_ path: String) -> Double? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970
    }
}

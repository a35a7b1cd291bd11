import Glibc
import JSON
public import Reactor

/// A folder of snapshots, one file for each service: written beside and renamed, so that a reader never meets a half.
public struct SnapshotStore: Sendable {
    /// The folder, which exists.
    let folder: String
    private let pool: BlockingPool

    /// The largest file that is read, in bytes: as large as an answer of the registry.
    private static let byteLimit: Int64 = 16 << 20

    /// Takes a folder that exists; nothing is written before there is something to keep.
    public init(folder: String, pool: BlockingPool) {
        self.folder = folder
        self.pool = pool
    }

    /// The snapshot of a service; nil when there is none.
    ///
    /// - Throws: what is wrong with the file.
    func load(_ service: String) async throws -> Snapshot? {
        let name = Self.fileName(of: service)
        guard let file = try await OpenFile.open(name, beneath: folder, pool: pool) else { return nil }
        guard file.size <= Self.byteLimit else { throw Snapshot.Damage.length }
        guard file.size > 0 else { throw Snapshot.Damage.header }
        let bytes = try await file.read(at: 0, count: Int(file.size))
        return try Snapshot(decoding: bytes, for: service)
    }

    /// Writes a snapshot in the place of the last one. Losing it to a power cut costs nothing but a cold start, so it is
    /// not flushed to the disk.
    func save(_ snapshot: Snapshot) async throws {
        let path = "\(folder)/\(Self.fileName(of: snapshot.service))"
        let bytes = try snapshot.encoded()
        try await pool.run {
            let draft = "\(path).\(getpid()).draft"
            try Self.write(bytes, to: draft)
            guard unsafe rename(draft, path) == 0 else {
                let error = SystemError("rename \(draft)")
                _ = unsafe unlink(draft)
                throw error
            }
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("write \(path)") }
        defer { close(number) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { rest in
                unsafe Glibc.write(number, rest.baseAddress, rest.count)
            }
            guard count > 0 else { throw SystemError("write \(path)") }
            done += count
        }
    }

    /// `payment` is `payment.instances`; what may not stand in a file's name is escaped.
    static func fileName(of service: String) -> String {
        var name = ""
        for byte in service.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            name += isPlain ? String(Unicode.Scalar(byte)) : "%" + String(byte, radix: 16)
        }
        return name + ".instances"
    }
}

import CLinux
import Glibc

/// A file opened for reading, shared by the answers that send it.
public final class OpenFile: Sendable {
    /// Its size in bytes when it was opened.
    public let size: Int64
    /// When it was last changed: nanoseconds since 1970.
    public let modified: Int64
    let descriptor: Descriptor
    private let pool: BlockingPool

    private init(_ descriptor: consuming Descriptor, _ information: stat, _ pool: BlockingPool) {
        self.descriptor = descriptor
        self.pool = pool
        size = Int64(information.st_size)
        modified = Int64(information.st_mtim.tv_sec) * 1_000_000_000 + Int64(information.st_mtim.tv_nsec)
    }

    /// Takes a regular file that this process has made.
    convenience init(_ descriptor: consuming Descriptor, _ pool: BlockingPool) throws(SystemError) {
        var information = stat()
        guard unsafe fstat(descriptor.number, &information) == 0 else { throw SystemError("inspect a file") }
        self.init(descriptor, information, pool)
    }

    /// Opens the regular file at `path` below the folder `root`; neither `..` nor a link leads out of it (openat2(2),
    /// `RESOLVE_BENEATH`).
    ///
    /// - Returns: nil when there is no such file, or it is no regular one.
    /// - Throws: ``SystemError`` when the file is there and can't be opened; ``BlockingPool/Overloaded``.
    public static func open(
        _ path: String,
        beneath root: String,
        pool: BlockingPool
    ) async throws -> OpenFile? {
        guard !path.utf8.contains(0) else { return nil }
        return try await pool.run {
            let directory = unsafe Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard directory >= 0 else { throw SystemError("open folder \(root)") }
            let folder = Descriptor(owning: directory)
            let number = unsafe clinux_open_beneath(folder.number, path.isEmpty ? "." : path)
            guard number >= 0 else {
                let absent = [ENOENT, ENOTDIR, EXDEV, ELOOP, ENAMETOOLONG, EACCES, ENXIO].contains(errno)
                if absent { return nil }
                throw SystemError("open \(path)")
            }
            let file = Descriptor(owning: number)
            var information = stat()
            guard unsafe fstat(file.number, &information) == 0 else { throw SystemError("inspect \(path)") }
            // S_IFMT and S_IFREG of inode(7).
            guard information.st_mode & 0o170000 == 0o100000 else { return nil }
            return OpenFile(file, information, pool)
        }
    }

    /// Reads up to `count` bytes at `offset` on the blocking pool.
    ///
    /// - Throws: ``SystemError``, also when the file has become shorter; ``BlockingPool/Overloaded``.
    public func read(at offset: Int64, count: Int) async throws -> [UInt8] {
        try await pool.run { [self] in
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
                used = unsafe max(0, pread(descriptor.number, buffer.baseAddress, count, off_t(offset)))
            }
            guard !bytes.isEmpty else {
                throw SystemError(code: EIO, operation: "read a file that became shorter")
            }
            return bytes
        }
    }

    /// Brings a part into the page cache, so that sending it does not wait for the disk on an event loop. Returns at
    /// once when it is there already.
    ///
    /// - Throws: ``BlockingPool/Overloaded``.
    public func prefetch(at offset: Int64, count: Int) async throws {
        guard clinux_is_cached(descriptor.number, offset + Int64(count) - 1) == 0 else { return }
        try await pool.run { [self] in
            // As readahead(2), but it returns only when the pages are there.
            unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
                var done = 0
                while done < count {
                    let step = min(buffer.count, count - done)
                    let got = unsafe pread(
                        descriptor.number,
                        buffer.baseAddress,
                        step,
                        off_t(offset) + off_t(done)
                    )
                    guard got > 0 else { return }
                    done += got
                }
            }
        }
    }
}

import Glibc
import Reactor

/// A file of the access log. All calls block.
final class LogFile: Sendable {
    /// What tells it from all other files of its file system.
    let inode: UInt64
    /// Its size when it was opened, in bytes.
    let size: Int64
    private let descriptor: Descriptor

    /// Opens a file; nil when there is none.
    ///
    /// - Throws: `SystemError` when it is there and can't be read.
    static func open(_ path: String) throws(SystemError) -> LogFile? {
        let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else {
            guard errno == ENOENT else { throw SystemError("read \(path)") }
            return nil
        }
        return try LogFile(Descriptor(owning: number), path)
    }

    private init(_ descriptor: consuming Descriptor, _ path: String) throws(SystemError) {
        var information = stat()
        guard unsafe fstat(descriptor.number, &information) == 0 else { throw SystemError("inspect \(path)") }
        (inode, size) = (UInt64(information.st_ino), Int64(information.st_size))
        self.descriptor = descriptor
    }

    /// The bytes from `offset` on, at most `limit`; empty at the end.
    ///
    /// - Throws: `SystemError`.
    func bytes(from offset: Int64, atMost limit: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
            let count = unsafe pread(descriptor.number, buffer.baseAddress, limit, off_t(offset))
            if count < 0 { failure = SystemError("read the access log") }
            used = max(0, count)
        }
        if let failure { throw failure }
        return bytes
    }
}

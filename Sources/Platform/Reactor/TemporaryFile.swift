import CLinux
import Glibc

/// A file without a name, written piece by piece on a blocking pool. The kernel frees it with the last reference, also
/// when the process is killed.
public struct TemporaryFile: ~Copyable, Sendable {
    /// How many bytes have been written.
    public private(set) var size: Int64 = 0
    private let descriptor: Descriptor
    private let pool: BlockingPool

    private init(_ descriptor: consuming Descriptor, _ pool: BlockingPool) {
        self.descriptor = descriptor
        self.pool = pool
    }

    /// Makes an empty file, open to this process alone. It has a name for the moment between two system calls, which
    /// every file system allows (`O_TMPFILE` is not everywhere).
    ///
    /// - Throws: ``SystemError``, naming the folder; ``BlockingPool/Overloaded``.
    public static func create(in folder: String, pool: BlockingPool) async throws -> TemporaryFile {
        let number = try await pool.run {
            // mkostemp(3) writes the name that it found into the template, which ends in a zero byte.
            var path = Array("\(folder)/vigie-XXXXXX".utf8CString)
            let number = unsafe clinux_temporary_file(&path)
            guard number >= 0 else { throw SystemError("make a temporary file in \(folder)") }
            unsafe unlink(path)
            return number
        }
        return TemporaryFile(Descriptor(owning: number), pool)
    }

    /// Writes behind what is there.
    ///
    /// - Throws: ``SystemError``, such as for a full disk; ``BlockingPool/Overloaded``.
    public mutating func append(_ bytes: [UInt8]) async throws {
        let number = descriptor.number
        let start = size
        try await pool.run {
            var done = 0
            while done < bytes.count {
                let count = unsafe bytes[done...].withUnsafeBytes { rest in
                    unsafe pwrite(number, rest.baseAddress, rest.count, off_t(start) + off_t(done))
                }
                guard count > 0 else { throw SystemError("write a temporary file") }
                done += count
            }
        }
        size += Int64(bytes.count)
    }

    /// Ends writing: the file can be read and sent.
    ///
    /// - Throws: ``SystemError`` when the file can't be inspected.
    public consuming func finish() throws -> OpenFile { try OpenFile(descriptor, pool) }
}

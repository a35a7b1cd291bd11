import Glibc
import Reactor

/// A file that is written at its end and brought to the disk before anybody relies on it. All calls block.
final class LogFile: Sendable {
    let path: String
    private let descriptor: Descriptor

    /// Opens or makes the file.
    init(_ path: String) throws(SystemError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open \(path)") }
        descriptor = Descriptor(owning: number)
        self.path = path
    }

    /// Writes behind what is there and waits until the disk has it (fdatasync(2)).
    func append(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The buffer is used within the closure only.
            let count = unsafe rest.withUnsafeBytes {
                unsafe write(descriptor.number, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(path)") }
            rest = rest.dropFirst(count)
        }
        guard fdatasync(descriptor.number) == 0 else { throw SystemError("sync \(path)") }
    }

    /// Cuts the file behind so many bytes.
    func truncate(to count: Int) throws(SystemError) {
        guard ftruncate(descriptor.number, off_t(count)) == 0, fdatasync(descriptor.number) == 0 else {
            throw SystemError("truncate \(path)")
        }
    }
}

/// What folders need beside FileManager: their entries on the disk, and one owner.
enum Folder {
    /// Waits until the disk has the folder's list of names.
    static func sync(_ path: String) throws(SystemError) {
        let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open folder \(path)") }
        let descriptor = Descriptor(owning: number)
        guard fsync(descriptor.number) == 0 else { throw SystemError("sync folder \(path)") }
    }

    /// Gives a file another name, replacing what had it (rename(2)).
    static func rename(_ old: String, to new: String) throws(SystemError) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw SystemError("rename \(old) to \(new)") }
    }
}

/// Keeps other processes from using the same folder, for as long as it lives.
final class FolderLock: Sendable {
    private let descriptor: Descriptor

    /// - Throws: ``RegistryError`` when another process holds it.
    init(_ path: String) throws(RegistryError) {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw RegistryError("\(SystemError("open \(path)"))") }
        descriptor = Descriptor(owning: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            throw RegistryError(
                "\(path) is locked: another registry uses this folder; stop it or choose another --data-dir"
            )
        }
    }
}

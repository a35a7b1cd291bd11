import FoundationEssentials
import Glibc
package import Reactor

/// The few calls on files that Foundation has not, each with an error that names the file.
package enum Files {
    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    package static func isProgram(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }

    /// Opens a file that no program inherits; a new one is for this user alone.
    package static func open(_ path: String, _ flags: Int32) throws(SystemError) -> Descriptor {
        // The path is a C string for the length of the call.
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open \(path)") }
        return Descriptor(owning: number)
    }

    /// What stands in it from an offset on.
    package static func read(_ path: String, from offset: Int) throws(SystemError) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        guard lseek(file.number, off_t(offset), SEEK_SET) >= 0 else { throw SystemError("read \(path)") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // The buffer is there for the length of the call.
            let count = unsafe Glibc.read(file.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read \(path)") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes all of it.
    package static func write(_ bytes: [UInt8], to number: Int32, _ path: String) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The bytes are there for the length of the call.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(path)") }
            rest = rest.dropFirst(count)
        }
    }

    package static func rename(_ path: String, to new: String) throws(SystemError) {
        guard unsafe Glibc.rename(path, new) == 0 else { throw SystemError("rename \(path) to \(new)") }
    }

    /// Removes what may be there.
    package static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Makes a folder, if it isn't there.
    package static func makeFolder(_ path: String) throws(SystemError) {
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw SystemError("make the folder \(path)")
        }
    }
}

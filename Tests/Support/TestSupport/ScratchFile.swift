import Foundation
import Glibc
import Reactor

/// A file without a name, for what a program reads or writes.
package final class ScratchFile: Sendable {
    package let number: Int32

    package init(_ bytes: [UInt8] = []) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "vigie-\(UUID().uuidString)").path
        number = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open \(path)") }
        unsafe unlink(path)
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe pwrite(number, $0.baseAddress, $0.count, off_t(sent))
            }
            guard count > 0 else { throw SystemError("write \(path)") }
            sent += count
        }
    }

    deinit { close(number) }

    /// All that it holds.
    package var content: [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe pread(number, &buffer, buffer.count, off_t(bytes.count)), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes
    }
}

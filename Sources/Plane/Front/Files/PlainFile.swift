import Glibc
import Reactor

/// Small files, read and written whole. All calls block.
enum PlainFile {
    /// A file's content.
    ///
    /// - Throws: `SystemError`, naming the path; `EFBIG` for one of more than `limit` bytes.
    static func read(_ path: String, atMost limit: Int = 16 << 20) throws(SystemError) -> [UInt8] {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("read \(path)") }
        defer { close(number) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(number, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read \(path)") }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw SystemError(code: EFBIG, operation: "read \(path)") }
        }
    }

    /// Writes a file beside `path` and puts it in its place, so that a reader never meets a half.
    ///
    /// - Throws: `SystemError`, naming the path.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws(SystemError) {
        let draft = "\(path).new"
        try write(draft, bytes, mode: mode)
        try move(draft, to: path)
    }

    /// Writes a file.
    ///
    /// - Throws: `SystemError`, naming the path.
    static func write(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(SystemError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard number >= 0 else { throw SystemError("write \(path)") }
        defer { close(number) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { rest in
                unsafe Glibc.write(number, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(path)") }
            done += count
        }
    }

    /// Puts a file in the place of another.
    ///
    /// - Throws: `SystemError`, naming the path.
    static func move(_ old: String, to new: String) throws(SystemError) {
        guard unsafe rename(old, new) == 0 else { throw SystemError("rename \(old)") }
    }

    /// What tells a file's content from that of before without reading it; `none` without one.
    static func mark(_ path: String) -> String {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return "none" }
        let time = information.st_mtim
        return "\(information.st_ino)-\(information.st_size)-\(time.tv_sec).\(time.tv_nsec)"
    }
}

import Glibc
import Reactor
import Supervision

/// Brings what processes write into a file, rotates it, and loses nothing but what a full disk refuses.
///
/// Lives in its loop's registration, until the last process that can write has gone. Files are written on that loop: it is one
/// for this alone.
final class LogPump: ReadinessHandler {
    /// From this size on a file is put aside.
    static let fileByteLimit: Int64 = 10 << 20
    /// How many are kept beside the present one: `NAME.1` is the newest.
    static let keptFiles = 3

    private let pipe: Descriptor
    private let loop: EventLoop
    private let path: String
    private var file: Int32
    private var size: Int64
    private var lost = 0
    private var tail: [UInt8] = []
    private let end: AsyncStream<String>.Continuation

    /// How much of the end is kept for those who ask what went wrong.
    private static let tailByteLimit = 2048

    private init(
        _ pipe: consuming Descriptor,
        _ path: String,
        _ loop: EventLoop,
        _ end: AsyncStream<String>.Continuation
    ) {
        self.pipe = pipe
        self.path = path
        self.loop = loop
        self.end = end
        (file, size) = Self.open(path)
    }

    /// Begins to bring what is written to the returned descriptor into the file at `path`, which is appended to.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - loop: where it is written.
    ///   - end: gets the last lines when nobody can write any more.
    /// - Returns: what a process is to have as its output.
    /// - Throws: `SystemError` when there can't be a socket pair.
    static func start(
        into path: String,
        on loop: EventLoop,
        end: AsyncStream<String>.Continuation
    ) throws(SystemError) -> Descriptor {
        let (number, theirs) = try SupervisedProcess.sockets()
        let writing = Descriptor(owning: theirs)
        loop.execute {
            let pump = LogPump(Descriptor(owning: number), path, loop, end)
            do throws(SystemError) {
                try loop.local.register(number, for: [.readable, .peerClosed], handler: pump)
            } catch {
                // The pipe is closed with the object; who writes gets EPIPE.
                end.yield("\(error)")
                end.finish()
            }
        }
        return writing
    }

    deinit { if file >= 0 { close(file) } }

    func ready(_ readiness: Readiness) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe recv(pipe.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                write(buffer[..<count])
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                finish()
                return
            } else if errno == EAGAIN {
                return
            }
        }
    }

    private func finish() {
        end.yield(String(decoding: tail, as: UTF8.self))
        end.finish()
        loop.local.unregister(pipe.number, keepsOpen: true)
    }

    private func write(_ bytes: ArraySlice<UInt8>) {
        tail = Array((tail + bytes.suffix(Self.tailByteLimit)).suffix(Self.tailByteLimit))
        if lost > 0 { noteLoss() }
        guard append(bytes) else {
            lost += bytes.count
            return
        }
        if size >= Self.fileByteLimit, bytes.last == UInt8(ascii: "\n") { rotate() }
    }

    /// Says in the file itself what is missing there.
    private func noteLoss() {
        let note =
            "vigie: \(lost) bytes of this log could not be written (\(unsafe String(cString: strerror(errno))))\n"
        if append(Array(note.utf8)[...]) { lost = 0 }
    }

    private func append(_ bytes: ArraySlice<UInt8>) -> Bool {
        if file < 0 { (file, size) = Self.open(path) }
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            size += Int64(count)
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func rotate() {
        close(file)
        for number in (1..<Self.keptFiles).reversed() {
            // The first times there are not so many.
            try? Files.rename("\(path).\(number)", to: "\(path).\(number + 1)")
        }
        // What can't be put aside grows on.
        try? Files.rename(path, to: "\(path).1")
        (file, size) = Self.open(path)
    }

    private static func open(_ path: String) -> (Int32, Int64) {
        guard let number = try? Files.open(path, O_WRONLY | O_APPEND | O_CREAT).release() else {
            return (-1, 0)
        }
        return (number, Int64(lseek(number, 0, SEEK_END)))
    }
}

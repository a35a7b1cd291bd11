import Glibc
import Reactor
import Synchronization

/// Writes whole lines to a descriptor that may be stuck, up to a deadline that another thread may set.
final class PipeWriter: Sendable {
    private let descriptor: Int32
    /// Whether it is a file, which always has room and takes each write whole.
    private let isFile: Bool
    private let end = Atomic<Int64>(.max)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        isFile = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// When to give up.
    var deadline: MonotonicInstant {
        get { MonotonicInstant(nanoseconds: end.load(ordering: .relaxed)) }
        set { end.store(newValue.nanoseconds, ordering: .relaxed) }
    }

    /// Writes lines, each with its line feed, in pieces of at most `PIPE_BUF` bytes where lines allow it: such a piece
    /// is never mixed with what others write to the same pipe (pipe(7)), nor does it block once poll(2) saw room. A file
    /// gets larger ones.
    ///
    /// - Returns: how many lines were lost because the reader is gone or the deadline came.
    func write(_ lines: Span<UInt8>) -> Int {
        var start = 0
        while start < lines.count {
            guard waitForRoom() else { return count(lines, from: start) }
            let piece = lines.extracting(start..<pieceEnd(lines, start))
            let written = unsafe piece.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno != EINTR, errno != EAGAIN { return count(lines, from: start) }
            start += max(0, written)
        }
        return 0
    }

    /// Waits in steps, so that a deadline set meanwhile is seen.
    private func waitForRoom() -> Bool {
        if isFile { return MonotonicInstant.now < deadline }
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while MonotonicInstant.now < deadline {
            let ready = unsafe poll(&request, 1, 50)
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return false }
        }
        return false
    }

    private func pieceEnd(_ lines: Span<UInt8>, _ start: Int) -> Int {
        let limit = start + (isFile ? 1 << 16 : Int(PIPE_BUF))
        guard limit < lines.count else { return lines.count }
        var end = limit
        while end > start, lines[end - 1] != UInt8(ascii: "\n") { end -= 1 }
        return end > start ? end : limit
    }

    private func count(_ lines: Span<UInt8>, from start: Int) -> Int {
        var count = 0
        for index in start..<lines.count where lines[index] == UInt8(ascii: "\n") { count += 1 }
        return count
    }
}

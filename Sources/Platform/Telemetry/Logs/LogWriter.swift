import Glibc
public import Reactor
import Synchronization

/// Writes log lines to a descriptor from a thread of its own.
///
/// Each event loop appends to its own buffer. The thread wakes with the first line, gathers for 2 ms, and writes what all
/// have. A reader that doesn't read fills the buffers, up to their limit; then lines are dropped and counted, and nobody
/// waits. A crash loses at most what was gathered.
public final class LogWriter: LogSink {
    private struct Buffer {
        var bytes: [UInt8] = []
        var dropped = 0
    }
    /// One loop's buffer, apart from the others in memory.
    private final class Shard: Sendable {
        let buffer: Mutex<Buffer> = Mutex(Buffer())
    }

    private let output: PipeWriter
    private let byteLimit: Int
    private let shards: [Shard]
    private let isSignalled = Atomic<Bool>(false)
    private let isClosing = Atomic<Bool>(false)
    private let total = Atomic<Int>(0)
    private let work = Gate()
    private let ended = Gate()

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - descriptor: where to write; it stays the caller's to close. Default 1, standard output.
    ///   - loops: how many event loops write; lines from other threads share one more buffer.
    ///   - byteLimit: how much a buffer may hold. Default 256 KiB.
    public init(descriptor: Int32 = 1, loops: Int, byteLimit: Int = 1 << 18) {
        output = PipeWriter(descriptor)
        self.byteLimit = byteLimit
        shards = (0...loops).map { _ in Shard() }
        startThread(name: "log") { [self] in run() }
    }

    /// Lines dropped since the beginning: for the metrics.
    public var droppedLines: Int { total.load(ordering: .relaxed) }

    /// Appends one line to the calling loop's buffer.
    public func write(_ body: (inout [UInt8]) -> Void) {
        let index = min(EventLoop.current?.index ?? shards.count - 1, shards.count - 1)
        let isTaken = shards[index].buffer.withLock { buffer in
            guard buffer.bytes.count < byteLimit else {
                buffer.dropped += 1
                return false
            }
            body(&buffer.bytes)
            buffer.bytes.append(UInt8(ascii: "\n"))
            return true
        }
        if !isTaken { total.add(1, ordering: .relaxed) }
        signal()
    }

    /// How many lines were dropped since this was last asked.
    public func takeDropped() -> Int {
        guard total.load(ordering: .relaxed) > 0 else { return 0 }
        return shards.reduce(0) { sum, shard in
            sum
                + shard.buffer.withLock { buffer in
                    defer { buffer.dropped = 0 }
                    return buffer.dropped
                }
        }
    }

    /// Writes what is left and ends the thread; waits for that until `deadline`. Blocks: not for event loops. Lines that
    /// come later are lost.
    public func close(by deadline: MonotonicInstant) {
        output.deadline = deadline
        isClosing.store(true, ordering: .sequentiallyConsistent)
        work.open()
        ended.wait()
    }

    private func signal() {
        guard !isSignalled.load(ordering: .relaxed) else { return }
        if !isSignalled.exchange(true, ordering: .acquiringAndReleasing) { work.open() }
    }

    private func run() {
        var bytes: [UInt8] = []
        while !isClosing.load(ordering: .sequentiallyConsistent) {
            work.wait()
            usleep(2000)
            isSignalled.store(false, ordering: .sequentiallyConsistent)
            drain(&bytes)
        }
        drain(&bytes)
        ended.open()
    }

    /// Writes each buffer's content, in exchange for an empty one.
    private func drain(_ bytes: inout [UInt8]) {
        for shard in shards {
            bytes.removeAll(keepingCapacity: true)
            shard.buffer.withLock { swap(&$0.bytes, &bytes) }
            let lost = output.write(bytes.span)
            if lost > 0 {
                total.add(lost, ordering: .relaxed)
                shard.buffer.withLock { $0.dropped += lost }
            }
        }
    }
}

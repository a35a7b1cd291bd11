import Glibc
public import Reactor
import Synchronization

/// Writes log lines to a descriptor from a thread of its own.
///
/// Each event loop appends to its own buffer. The thread wakes with the first line, gathers for 5 ms, and writes what all
/// have. A reader that doesn't read fills the buffers, up to their limit; then lines are dropped and counted, and nobody
/// waits. A crash loses at most what was gathered.
public final class LogWriter: LogSink {
    /// One loop's buffer, apart from the others in memory.
    private final class Shard: Sendable {
        let buffer: Mutex<[UInt8]> = Mutex([])
    }

    private let output: PipeWriter
    private let byteLimit: Int
    private let shards: [Shard]
    private let isSignalled = Atomic<Bool>(false)
    private let isClosing = Atomic<Bool>(false)
    private let dropped = Atomic<Int>(0)
    private let untold = Atomic<Int>(0)
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
    public var droppedLines: Int { dropped.load(ordering: .relaxed) }

    /// Appends one line to the calling loop's buffer.
    public func write(_ body: (inout [UInt8]) -> Void) {
        let isTaken = shard.buffer.withLock { buffer in
            guard buffer.count < byteLimit else { return false }
            body(&buffer)
            buffer.append(UInt8(ascii: "\n"))
            return true
        }
        if !isTaken { drop(1) }
        signal()
    }

    /// How many lines were dropped since this was last asked; 0 as long as there is no room to tell it.
    public func takeDropped() -> Int {
        guard untold.load(ordering: .relaxed) > 0 else { return 0 }
        guard shard.buffer.withLock({ $0.count < byteLimit }) else { return 0 }
        return untold.exchange(0, ordering: .relaxed)
    }

    /// Writes what is left and ends the thread; waits for that until `deadline`. Blocks: not for event loops. Lines that
    /// come later are lost.
    public func close(by deadline: MonotonicInstant) {
        output.deadline = deadline
        isClosing.store(true, ordering: .sequentiallyConsistent)
        work.open()
        ended.wait()
    }

    /// The calling thread's.
    private var shard: Shard {
        let (index, last) = (ThreadMark.current.index, shards.count - 1)
        return shards[index >= 0 ? min(index, last) : last]
    }

    private func signal() {
        guard !isSignalled.load(ordering: .relaxed) else { return }
        if !isSignalled.exchange(true, ordering: .acquiringAndReleasing) { work.open() }
    }

    private func run() {
        var bytes: [UInt8] = []
        while !isClosing.load(ordering: .sequentiallyConsistent) {
            work.wait()
            usleep(5000)
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
            shard.buffer.withLock { swap(&$0, &bytes) }
            drop(output.write(bytes.span))
        }
    }

    private func drop(_ count: Int) {
        guard count > 0 else { return }
        dropped.add(count, ordering: .relaxed)
        untold.add(count, ordering: .relaxed)
    }
}

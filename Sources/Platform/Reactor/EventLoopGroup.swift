import CLinux
import Synchronization

/// The event loops of a process, one a core.
public final class EventLoopGroup: Sendable {
    /// The loops, in order of their index.
    public let loops: [EventLoop]
    /// Where blocking calls go.
    public let blocking: BlockingPool
    private let turn = Atomic<Int>(0)

    /// Starts the loops' threads.
    ///
    /// - Parameter count: how many loops; by default one for each processor this process may run on.
    /// - Throws: ``SystemError`` when the kernel gives no more descriptors.
    public init(count: Int = EventLoopGroup.processorCount) throws(SystemError) {
        precondition(count > 0, "an event loop group needs a loop")
        Self.keepFreedMemory()
        var loops: [EventLoop] = []
        for index in 0..<count { try loops.append(EventLoop(index: index)) }
        self.loops = loops
        blocking = BlockingPool(threads: max(4, count), queue: 1024)
        for loop in loops { loop.start() }
    }

    /// Has the allocator keep some of what is freed (mallopt(3)): contents pass in pieces of 128 KiB, and giving each one's
    /// pages back to the kernel costs a fault a page when the next comes, half of what passing it on costs. Up to 4 MiB at
    /// each arena's end stay; what is larger than 1 MiB still comes from the kernel and goes back at once.
    private static func keepFreedMemory() {
        clinux_keep_freed_memory(4 << 20, 1 << 20)
    }

    /// The processors this process may run on (sched_getaffinity(2)), at least 1.
    public static var processorCount: Int { max(1, Int(clinux_processor_count())) }

    /// The loop the caller is on when it is one of these, else the next in turn.
    public func next() -> EventLoop {
        if let current = EventLoop.current, owns(current) { return current }
        let ticket = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[(ticket & .max) % loops.count]
    }

    /// Whether `loop` is one of this group's.
    public func owns(_ loop: EventLoop) -> Bool { loop.index < loops.count && loops[loop.index] === loop }

    /// Ends the threads. Everything that runs on the loops must have ended before.
    public func stop() {
        for loop in loops { loop.stop() }
        blocking.stop()
    }
}

import CLinux

/// Signals read like any other input (signalfd(2)) instead of interrupting code at any point.
public enum Signals: Sendable {
    /// Keeps `signals` from interrupting this thread and those it starts. Call it first thing in `main`, before any
    /// other thread exists: a thread that doesn't block a signal may be interrupted by it.
    public static func block(_ signals: [Int32]) {
        var set = mask(signals)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The blocked `signals` as they arrive, up to 16 kept; the stream ends the watch when nobody reads it any more.
    ///
    /// - Throws: ``SystemError`` when the kernel gives no descriptor.
    public static func arrivals(
        of signals: [Int32],
        on loop: EventLoop
    ) throws(SystemError) -> AsyncStream<Int32> {
        var set = mask(signals)
        let number = unsafe signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        guard number >= 0 else { throw SystemError("create a signalfd") }
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int32.self,
            bufferingPolicy: .bufferingNewest(16)
        )
        loop.execute {
            let watch = Watch(Descriptor(owning: number), continuation)
            do { try loop.local.register(number, for: .readable, handler: watch) } catch {
                continuation.finish()
            }
        }
        continuation.onTermination = { _ in
            loop.execute { loop.local.unregister(number, keepsOpen: true) }
        }
        return stream
    }

    private static func mask(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }

    private final class Watch: ReadinessHandler {
        private let descriptor: Descriptor
        private let continuation: AsyncStream<Int32>.Continuation

        init(_ descriptor: consuming Descriptor, _ continuation: AsyncStream<Int32>.Continuation) {
            self.descriptor = descriptor
            self.continuation = continuation
        }

        func ready(_ readiness: Readiness) {
            var arrival = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            while unsafe read(descriptor.number, &arrival, size) == size {
                continuation.yield(Int32(arrival.ssi_signo))
            }
        }
    }
}

import CLinux
import Glibc

/// Accepts connections from one listening socket on one loop, and pauses when it must not or can't.
///
/// While it pauses, new connections wait in the kernel's queue and the accepted ones live on. It pauses by itself when
/// descriptors run out, and looks again a moment later.
public final class Acceptor: ReadinessHandler {
    private static let retryAfter = Duration.milliseconds(100)

    private let socket: Descriptor
    private let local: LoopLocal
    private let accepted: (consuming Descriptor, SocketAddress?) -> Void
    private let exhausted: (SystemError) -> Void
    private var isPaused = false
    private var retry: LoopLocal.Timer?
    private var isClosed = false

    /// Starts accepting on the loop that the caller runs on.
    ///
    /// - Parameters:
    ///   - socket: a listening socket, non-blocking.
    ///   - loop: the caller's own loop.
    ///   - exhausted: told once each time that descriptors or memory run out.
    ///   - accepted: takes over each new connection, with the peer's address where it has one.
    /// - Throws: ``SystemError`` when the kernel refuses to watch the socket.
    public init(
        _ socket: consuming Descriptor,
        on loop: EventLoop,
        exhausted: @escaping (SystemError) -> Void,
        accepted: @escaping (consuming Descriptor, SocketAddress?) -> Void
    ) throws(SystemError) {
        let number = socket.number
        self.socket = socket
        local = loop.local
        self.accepted = accepted
        self.exhausted = exhausted
        try local.register(number, for: .readable, handler: self)
    }

    /// Lets new connections wait in the kernel's queue until ``resume()``.
    public func pause() { isPaused = true }

    /// Goes on accepting, first with what has queued up meanwhile.
    public func resume() {
        guard isPaused, !isClosed else { return }
        isPaused = false
        acceptAll()
    }

    /// Stops for good. The socket closes with this object; what waits in its queue is reset by the kernel.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if let retry { local.cancel(retry) }
        local.unregister(socket.number, keepsOpen: true)
    }

    /// Accepts all that wait.
    public func ready(_ readiness: Readiness) { acceptAll() }

    private func acceptAll() {
        while !isPaused, !isClosed {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let number = unsafe clinux_accept(socket.number, &storage, &length)
            if number >= 0 {
                accepted(Descriptor(owning: number), SocketAddress(storage, length: length))
                continue
            }
            switch errno {
            case EAGAIN: return
            case EINTR, ECONNABORTED: continue
            default: return waitForDescriptors()
            }
        }
    }

    private func waitForDescriptors() {
        exhausted(SystemError("accept a connection"))
        isPaused = true
        retry = local.schedule(at: local.now + Self.retryAfter) { [self] in
            retry = nil
            resume()
        }
    }
}

@available(*, unavailable)
extension Acceptor: Sendable {}

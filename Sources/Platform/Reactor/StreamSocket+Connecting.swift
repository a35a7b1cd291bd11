import CLinux
import Glibc

extension StreamSocket {
    /// Connects to `address`, giving up at `deadline`. With `keepAlive` the kernel asks a silent peer whether it is there
    /// (tcp(7)): after 15 s, then each 5 s, three times.
    ///
    /// - Throws: ``SystemError``: the kernel's reason, or `ETIMEDOUT`.
    public static func connect(
        to address: SocketAddress,
        on loop: EventLoop,
        deadline: MonotonicInstant,
        shortestTimeout: Duration,
        keepAlive: Bool = false
    ) async throws(SystemError) -> StreamSocket {
        let operation = "connect to \(address)"
        let number = clinux_stream_socket(address.family)
        guard number >= 0 else { throw SystemError(operation) }
        let descriptor = Descriptor(owning: number)
        if address.port != nil {
            _ = clinux_set_option(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            if keepAlive { askSilentPeer(number, after: 15) }
        }
        let status = unsafe address.withStorage { unsafe clinux_connect(number, $0, $1) }
        guard status == 0 || errno == EINPROGRESS else { throw SystemError(operation) }
        let socket = try StreamSocket(
            descriptor,
            loop.local,
            shortestTimeout,
            watching: [.readable, .writable, .peerClosed]
        )
        guard status != 0 else { return socket }
        let error = await socket.connected(by: deadline)
        guard error == 0 else {
            socket.close()
            throw SystemError(code: error, operation: operation)
        }
        return socket
    }

    /// Has the kernel ask the peer whether it is there when it has been silent for a while (tcp(7)): one that is not hangs up.
    public func askSilentPeer(after idle: Duration) {
        guard !isClosed else { return }
        Self.askSilentPeer(number, after: Int32(clamping: idle.components.seconds))
    }

    private static func askSilentPeer(_ number: Int32, after seconds: Int32) {
        _ = clinux_set_option(number, SOL_SOCKET, SO_KEEPALIVE, 1)
        _ = clinux_set_option(number, Int32(IPPROTO_TCP), TCP_KEEPIDLE, seconds)
        _ = clinux_set_option(number, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
        _ = clinux_set_option(number, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }
}

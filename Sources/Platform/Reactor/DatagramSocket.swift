import CLinux
import Glibc

/// One non-blocking datagram socket on one loop: each datagram that comes is handed on with its sender, and what can't be
/// sent at once is lost, as datagrams may be.
@safe public final class DatagramSocket: ReadinessHandler {
    /// How many datagrams are read before the others on the loop have their turn.
    private static let turn = 128

    /// Where it receives, with the port that the kernel chose when 0 was asked for.
    public let address: SocketAddress
    private let descriptor: Descriptor
    private let local: LoopLocal
    private let received: ([UInt8], SocketAddress) -> Void
    private var goOn: LoopLocal.Timer?
    private var isClosed = false

    /// Begins to receive on the loop that the caller runs on.
    ///
    /// - Parameters:
    ///   - address: IPv4 or IPv6; a port of 0 lets the kernel choose.
    ///   - loop: the caller's own loop.
    ///   - received: takes each datagram and its sender's address. It may not block.
    /// - Throws: ``SystemError``, naming the address.
    public init(
        at address: SocketAddress,
        on loop: EventLoop,
        received: @escaping ([UInt8], SocketAddress) -> Void
    ) throws(SystemError) {
        let number = clinux_datagram_socket(address.family)
        guard number >= 0 else { throw SystemError("open a socket for \(address)") }
        let descriptor = Descriptor(owning: number)
        if case .ipv6 = address { _ = clinux_set_option(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let status = unsafe address.withStorage { unsafe clinux_bind(number, $0, $1) }
        guard status == 0 else { throw SystemError("receive at \(address)") }
        self.address = ListeningSockets.localAddress(of: number) ?? address
        self.descriptor = descriptor
        self.received = received
        local = loop.local
        try local.register(number, for: .readable, handler: self)
    }

    /// Sends a datagram; false when the kernel has no room for it, or refuses it.
    @discardableResult public func send(_ bytes: [UInt8], to peer: SocketAddress) -> Bool {
        guard !isClosed else { return false }
        // The kernel reads the bytes within the call.
        let count = unsafe bytes.withUnsafeBytes { raw in
            unsafe peer.withStorage {
                unsafe clinux_send_to(descriptor.number, raw.baseAddress, raw.count, $0, $1)
            }
        }
        return count == bytes.count
    }

    /// Stops receiving. The socket closes with this object.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if let goOn { local.cancel(goOn) }
        goOn = nil
        local.unregister(descriptor.number, keepsOpen: true)
    }

    /// Reads what has come.
    public func ready(_ readiness: Readiness) { receive() }

    private func receive() {
        for _ in 0..<Self.turn where !isClosed {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let room = unsafe local.scratch
            let count = unsafe clinux_receive_from(
                descriptor.number,
                room.baseAddress,
                room.count,
                &storage,
                &length
            )
            guard count >= 0 else {
                // Errors of earlier sends (ECONNREFUSED) are reported here too; they concern nobody.
                if errno == EAGAIN { return }
                continue
            }
            guard let sender = SocketAddress(storage, length: length) else { continue }
            // The scratch room is ours until `received` is called, and `count` bytes of it were just filled.
            received(unsafe Array(room[..<count]), sender)
        }
        guard !isClosed, goOn == nil else { return }
        // An edge is reported once: what is left is read in the next turn.
        goOn = local.schedule(at: local.now) { [weak self] in
            self?.goOn = nil
            self?.receive()
        }
    }
}

@available(*, unavailable)
extension DatagramSocket: Sendable {}

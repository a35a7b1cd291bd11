import CLinux
import Glibc

/// The port of an address that will be listened at: the one it names, or one that the kernel chose and that is kept for this
/// process until the object goes. Nothing is accepted there yet: who connects is refused.
public final class ReservedPort: Sendable {
    /// The port.
    public let number: UInt16
    private let socket: Int32?

    /// Takes the port of `address`; nil for a Unix socket, which has none.
    ///
    /// - Parameters:
    ///   - address: what will be listened at.
    ///   - claims: whether a port that is named is kept, too: then it is an error when somebody listens there. Another program
    ///     can listen at it meanwhile, if it sets SO_REUSEADDR, as servers do.
    /// - Throws: ``SystemError``, naming the address, when there is no port to be had.
    public init?(for address: SocketAddress, claims: Bool = false) throws(SystemError) {
        guard let port = address.port else { return nil }
        guard port == 0 || claims else {
            number = port
            socket = nil
            return
        }
        let socket = clinux_stream_socket(address.family)
        guard socket >= 0 else { throw SystemError("open a socket for \(address)") }
        let owner = Descriptor(owning: socket)
        // Sockets that don't listen share a port where all have this option (socket(7)), as ``ListeningSockets`` has.
        _ = clinux_set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1)
        if case .ipv6 = address { _ = clinux_set_option(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let status = unsafe address.withStorage { unsafe clinux_bind(socket, $0, $1) }
        guard status == 0, let chosen = ListeningSockets.localAddress(of: socket)?.port else {
            throw SystemError("listen on \(address)")
        }
        number = chosen
        self.socket = owner.release()
    }

    deinit { if let socket { close(socket) } }
}

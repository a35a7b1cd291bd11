import CLinux

extension SocketAddress {
    /// The address of this machine from which the kernel would reach `peer`, with port 0; nothing is sent. A Unix socket's
    /// peer is on this machine: loopback.
    ///
    /// - Throws: ``SystemError`` where there is no route.
    public static func local(toReach peer: SocketAddress) throws(SystemError) -> SocketAddress {
        let operation = "find the way to \(peer)"
        guard let port = peer.port else { return .loopback(port: 0) }
        // Connecting a datagram socket only looks the route up (udp(7)); port 0 would be refused.
        let number = socket(peer.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError(operation) }
        let datagrams = Descriptor(owning: number)
        let target = port == 0 ? peer.with(port: 9) : peer
        let status = unsafe target.withStorage { unsafe clinux_connect(datagrams.number, $0, $1) }
        guard status == 0, let local = ListeningSockets.localAddress(of: datagrams.number) else {
            throw SystemError(operation)
        }
        return local.with(port: 0)
    }
}

import CLinux
import Glibc

/// The sockets that accept connections on one address: one for each loop, handed out one by one.
public struct ListeningSockets: ~Copyable, Sendable {
    /// Where they listen; a port of 0 has become the one that the kernel chose.
    public let address: SocketAddress
    private var numbers: [Int32] = []

    private init(address: SocketAddress) { self.address = address }

    /// Claims `address` and opens `count` listening sockets on it, between which the kernel spreads connections.
    ///
    /// The first is bound without `SO_REUSEPORT`, so that a second process that wants the same port is told so instead
    /// of silently taking half of the connections. A Unix socket is one queue that all loops accept from; a socket file
    /// that nobody listens on any more is replaced.
    /// - Throws: ``SystemError``, naming the address.
    public static func open(_ address: SocketAddress, count: Int) throws(SystemError) -> ListeningSockets {
        let first = try claim(address)
        let bound = localAddress(of: first.number) ?? address
        var sockets = ListeningSockets(address: bound)
        if case .unix = address {
            for _ in 1..<max(1, count) {
                let copy = clinux_duplicate(first.number)
                guard copy >= 0 else { throw SystemError("duplicate the socket of \(address)") }
                sockets.numbers.append(copy)
            }
        } else {
            try share(first, bound)
            for _ in 1..<max(1, count) {
                let next = try socket(for: bound)
                try share(next, bound)
                try bind(next.number, to: bound)
                try listen(next.number, at: bound)
                sockets.numbers.append(next.release())
            }
        }
        sockets.numbers.append(first.release())
        return sockets
    }

    deinit {
        for number in numbers { close(number) }
    }

    /// Takes one socket out; nil when none is left.
    public mutating func take() -> Descriptor? {
        guard let number = numbers.popLast() else { return nil }
        return Descriptor(owning: number)
    }

    private static func share(_ socket: borrowing Descriptor, _ address: SocketAddress) throws(SystemError) {
        guard clinux_set_option(socket.number, SOL_SOCKET, SO_REUSEPORT, 1) == 0 else {
            throw SystemError("share \(address)")
        }
    }

    private static func claim(_ address: SocketAddress) throws(SystemError) -> Descriptor {
        let claimed = try socket(for: address)
        if case .unix(let path) = address { try removeStaleFile(path) }
        try bind(claimed.number, to: address)
        try listen(claimed.number, at: address)
        return claimed
    }

    private static func socket(for address: SocketAddress) throws(SystemError) -> Descriptor {
        let number = clinux_stream_socket(address.family)
        guard number >= 0 else { throw SystemError("open a socket for \(address)") }
        let socket = Descriptor(owning: number)
        // Linux hands both options down to the accepted sockets: one call here instead of one a connection.
        if case .unix = address { return socket }
        _ = clinux_set_option(number, SOL_SOCKET, SO_REUSEADDR, 1)
        _ = clinux_set_option(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if case .ipv6 = address { _ = clinux_set_option(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        return socket
    }

    private static func bind(_ number: Int32, to address: SocketAddress) throws(SystemError) {
        let status = unsafe address.withStorage { unsafe clinux_bind(number, $0, $1) }
        guard status == 0 else { throw SystemError("listen on \(address)") }
    }

    private static func listen(_ number: Int32, at address: SocketAddress) throws(SystemError) {
        guard CLinux.listen(number, 4096) == 0 else { throw SystemError("listen on \(address)") }
    }

    static func localAddress(of number: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        guard unsafe clinux_getsockname(number, &storage, &length) == 0 else { return nil }
        return SocketAddress(storage, length: length)
    }

    /// Takes away a socket file left by a process that is gone; one that answers is left alone, and bind says so.
    private static func removeStaleFile(_ path: String) throws(SystemError) {
        var information = stat()
        guard unsafe lstat(path, &information) == 0 else { return }
        // S_IFMT and S_IFSOCK of inode(7).
        guard information.st_mode & 0o170000 == 0o140000 else {
            throw SystemError(code: EEXIST, operation: "listen on unix:\(path)")
        }
        let address = SocketAddress.unix(path: path)
        let probe = try socket(for: address)
        let status = unsafe address.withStorage { unsafe clinux_connect(probe.number, $0, $1) }
        if status != 0, errno == ECONNREFUSED { _ = unsafe unlink(path) }
    }
}

/// The file of a Unix socket.
public enum SocketFile: Sendable {
    /// Takes the file away; nothing happens when it is gone.
    public static func remove(_ path: String) { unsafe unlink(path) }
}

import CLinux

/// Turns host names into addresses with the system's own rules (getaddrinfo(3)), away from the event loops.
public struct Resolver: Sendable {
    /// A name that has no address, or that could not be asked for.
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// The name.
        public let host: String
        /// The system's own words.
        public let reason: String
        /// The name and the reason.
        public var description: String { "resolve \(host): \(reason)" }
    }

    private let pool: BlockingPool

    /// Makes a resolver that does its waiting on `pool`.
    public init(pool: BlockingPool) { self.pool = pool }

    /// All stream addresses of `host`, in the order of preference that the system gives (RFC 6724).
    ///
    /// A numeric address is answered at once. The call can't be interrupted once it has begun: bound it by a deadline
    /// of your own.
    /// - Throws: ``Failure``; ``BlockingPool/Overloaded``.
    public func addresses(of host: String, port: UInt16) async throws -> [SocketAddress] {
        if let address = SocketAddress(numericHost: host, port: port) { return [address] }
        return try await pool.run { try Self.lookUp(host, port: port) }
    }

    private static func lookUp(_ host: String, port: UInt16) throws(Failure) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw Failure(host: host, reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            var storage = sockaddr_storage()
            let length = unsafe current.pointee.ai_addrlen
            // The list's own addresses are no larger than the storage that POSIX sizes for all of them.
            unsafe memcpy(
                &storage,
                current.pointee.ai_addr,
                min(Int(length), MemoryLayout<sockaddr_storage>.size)
            )
            if let address = SocketAddress(storage, length: length) { found.append(address.with(port: port)) }
            unsafe entry = current.pointee.ai_next
        }
        guard !found.isEmpty else { throw Failure(host: host, reason: "no stream address") }
        return found
    }
}

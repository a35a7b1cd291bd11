import Glibc
package import Reactor

/// A plain blocking socket with timeouts; nothing of the reactor is beneath it. All calls block.
package final class RawSocket: Sendable {
    /// How the peer ended the connection.
    package enum Ending: Sendable, Equatable {
        case clean
        case reset
        /// It did not, for as long as the test was willing to wait.
        case timedOut
    }

    /// A call of the system that failed.
    package struct Failure: Error, Equatable {
        package let call: String
        package let code: Int32
    }

    package let descriptor: Int32

    /// Opens a socket and connects; `receiveBuffer` is the kernel's room for what arrives, for clients that read slowly.
    package init(to address: SocketAddress, receiveBuffer: Int32?, patience: Int) throws {
        let bytes = Self.kernelForm(of: address)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(Int32(bytes[0]), type, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        var time = timeval(tv_sec: patience, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            unsafe setsockopt(
                descriptor,
                SOL_SOCKET,
                SO_RCVBUF,
                &receiveBuffer,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
        let status = unsafe bytes.withUnsafeBytes { raw in
            unsafe connect(
                descriptor,
                raw.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(raw.count)
            )
        }
        guard status == 0 else { throw Failure(call: "connect", code: errno) }
        guard address.port != nil else { return }
        var one: Int32 = 1
        unsafe setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &one,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    deinit { close(descriptor) }

    /// Sends all bytes.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { raw in
                unsafe Glibc.send(descriptor, raw.baseAddress, raw.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            sent += count
        }
    }

    /// Sends what the kernel takes now; 0 when it takes nothing for `milliseconds`.
    package func sendSome(_ bytes: [UInt8], milliseconds: Int32) throws -> Int {
        guard poll(for: Int16(POLLOUT), milliseconds: milliseconds) else { return 0 }
        let count = unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.send(
                descriptor,
                raw.baseAddress,
                raw.count,
                Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            )
        }
        guard count > 0 else { throw Failure(call: "send", code: errno) }
        return count
    }

    /// Reads what is there, waiting for the first byte; or says how the peer ended.
    package func receive(_ limit: Int = 1 << 16) -> Result<[UInt8], EndOfInput> {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
            count = unsafe recv(descriptor, buffer.baseAddress, limit, 0)
            used = max(0, count)
        }
        guard count <= 0 else { return .success(bytes) }
        if count == 0 { return .failure(EndOfInput(.clean)) }
        return .failure(EndOfInput(errno == EAGAIN ? .timedOut : .reset))
    }

    /// Waits for events of poll(2); false when there are none for `milliseconds`.
    package func poll(for events: Int16, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return unsafe Glibc.poll(&entry, 1, milliseconds) > 0
    }

    /// Ends the sending direction.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes the connection as a program that ends does. Its number stays taken, so that a late call can't meet another's.
    package func end() {
        let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        dup2(nothing, descriptor)
        Glibc.close(nothing)
    }

    /// Makes the kernel send a reset: now, by dissolving the connection (connect(2), `AF_UNSPEC`).
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        let nowhere = [UInt8](repeating: 0, count: 16)
        unsafe nowhere.withUnsafeBytes { raw in
            _ = unsafe connect(descriptor, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, 16)
        }
    }

    /// `sockaddr_in`, `sockaddr_in6` or `sockaddr_un` as bytes (ip(7), ipv6(7), unix(7)).
    private static func kernelForm(of address: SocketAddress) -> [UInt8] {
        func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
            unsafe withUnsafeBytes(of: value.bigEndian) { unsafe Array($0) }
        }
        switch address {
        case .ipv4(let host, let port):
            return [UInt8(AF_INET), 0] + bigEndian(port) + bigEndian(host) + [UInt8](repeating: 0, count: 8)
        case .ipv6(let host, let port, _):
            let none = [UInt8](repeating: 0, count: 4)
            return [UInt8(AF_INET6), 0] + bigEndian(port) + none + bigEndian(host) + none
        case .unix(let path): return [UInt8(AF_UNIX), 0] + Array(path.utf8) + [0]
        }
    }
}

/// There was nothing more to read.
package struct EndOfInput: Error, Equatable {
    package let ending: RawSocket.Ending

    package init(_ ending: RawSocket.Ending) { self.ending = ending }
}

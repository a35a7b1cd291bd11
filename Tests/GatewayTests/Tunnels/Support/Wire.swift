import Foundation
import Glibc
import Reactor
import Synchronization

/// A TCP connection in plain blocking calls, for use on a thread of its own: the other side of what is tested, built
/// without any of it.
final class Wire: Sendable {
    /// How reading or writing ended.
    enum Ending: Error, Equatable {
        case clean
        case reset
        /// Another error number, `EAGAIN` when half a minute has passed.
        case system(Int32)
    }

    private let number: Int32
    private let kept = Mutex<[UInt8]>([])

    init(owning number: Int32) {
        self.number = number
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    deinit { Glibc.close(number) }

    /// Connects to a port; the kernel keeps `receiveBuffer` bytes for it.
    static func connect(to port: UInt16, receiveBuffer: Int32? = nil) throws -> Wire {
        let wire = Wire(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        if let receiveBuffer { wire.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        let status = unsafe Loopback.with(port) { unsafe Glibc.connect(wire.number, $0, $1) }
        guard status == 0 else { throw Ending.system(errno) }
        return wire
    }

    private func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    // MARK: Reading

    /// Some bytes.
    func read() throws(Ending) -> [UInt8] {
        let kept = kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
        guard kept.isEmpty else { return kept }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(number, &buffer, buffer.count, 0)
        if count > 0 { return Array(buffer[..<count]) }
        throw count == 0 ? .clean : Self.ending(errno)
    }

    private static func ending(_ code: Int32) -> Ending {
        code == ECONNRESET || code == EPIPE ? .reset : .system(code)
    }

    /// A message's start line and fields.
    @discardableResult func readHead() throws(Ending) -> String {
        var bytes: [UInt8] = []
        while true {
            bytes += try read()
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            kept.withLock { $0 = Array(bytes[end.upperBound...]) }
            return String(decoding: bytes[..<end.upperBound], as: UTF8.self)
        }
    }

    /// Exactly so many bytes.
    @discardableResult func read(count: Int) throws(Ending) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count { bytes += try read() }
        kept.withLock { $0 = Array(bytes[count...]) }
        return Array(bytes[..<count])
    }

    /// A frame as it came.
    func readFrame() throws(Ending) -> [UInt8] {
        var bytes = try read(count: 2)
        let code = bytes[1] & 0x7f
        bytes += try read(count: code == 126 ? 2 : code == 127 ? 8 : 0)
        var length = Int(code)
        if code > 125 { length = bytes[2...].reduce(0) { $0 << 8 | Int($1) } }
        return bytes + (try read(count: length + (bytes[1] & 0x80 == 0 ? 0 : 4)))
    }

    /// All there is up to the end, and how it ended.
    func readToEnd() -> (bytes: [UInt8], ending: Ending) {
        var bytes: [UInt8] = []
        while true {
            do throws(Ending) { bytes += try read() } catch { return (bytes, error) }
        }
    }

    /// Whether something comes, or the connection ends, within a time.
    func hears(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    // MARK: Writing

    func send(_ bytes: [UInt8]) throws(Ending) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Self.ending(errno) }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws(Ending) { try send(Array(text.utf8)) }

    /// Sends until nobody takes any more for a moment; how much that was.
    func sendUntilStalled(_ piece: [UInt8]) throws(Ending) -> Int {
        var sent = 0
        while true {
            var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&entry, 1, 500) > 0 else { return sent }
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = unsafe Glibc.send(number, piece, piece.count, flags)
            guard count > 0 else { throw Self.ending(errno) }
            sent += count
        }
    }

    // MARK: The end

    /// Says that nothing more comes.
    func finish() { shutdown(number, Int32(SHUT_WR)) }

    /// Ends both directions: who waits here wakes.
    func stop() { shutdown(number, Int32(SHUT_RDWR)) }

    /// Has the peer get a reset, now: the connection is dissolved (connect(2), `AF_UNSPEC`).
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        let nowhere = [UInt8](repeating: 0, count: 16)
        unsafe nowhere.withUnsafeBytes { raw in
            _ = unsafe Glibc.connect(number, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, 16)
        }
    }
}

/// Loopback's addresses as the kernel has them.
enum Loopback {
    static func with<Value>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: address) {
            // `sockaddr` is how every kind of address is passed.
            unsafe body(
                UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size)
            )
        }
    }
}

/// Runs blocking calls on a thread of their own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

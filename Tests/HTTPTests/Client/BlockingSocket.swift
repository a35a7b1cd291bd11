import Foundation
import Glibc
import Synchronization

@testable import Reactor

/// A stream socket in plain blocking calls, for use on a thread of its own: the other side of what is tested, built
/// without any of it.
final class BlockingSocket: Sendable {
    /// Why a call failed.
    enum Failure: Error, Equatable {
        /// The peer ended its side.
        case ended
        /// The peer reset the connection.
        case reset
        /// Any other error number, `EAGAIN` when half a minute has passed.
        case system(Int32)
    }

    private let descriptor: Mutex<Int32?>
    private let kept = Mutex<[UInt8]>([])

    init(owning number: Int32) {
        descriptor = Mutex(number)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        Self.set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    deinit { close() }

    static func set(_ number: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Connects to `address`.
    static func connect(to address: SocketAddress) throws(Failure) -> BlockingSocket {
        let number = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = unsafe address.withStorage { storage, length in
            // `sockaddr` is how connect(2) takes every kind of address.
            unsafe Glibc.connect(
                number,
                UnsafeRawPointer(storage).assumingMemoryBound(to: sockaddr.self),
                length
            )
        }
        let socket = BlockingSocket(owning: number)
        guard status == 0 else { throw .system(errno) }
        return socket
    }

    private func number() throws(Failure) -> Int32 {
        guard let number = descriptor.withLock({ $0 }) else { throw .ended }
        return number
    }

    // MARK: Reading

    /// Some bytes; throws ``Failure/ended`` at the end.
    func read() throws(Failure) -> [UInt8] {
        let kept = kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
        guard kept.isEmpty else { return kept }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = try unsafe recv(number(), &buffer, buffer.count, 0)
        if count > 0 { return Array(buffer[..<count]) }
        throw count == 0 ? .ended : Self.failure(errno)
    }

    private static func failure(_ code: Int32) -> Failure {
        code == ECONNRESET || code == EPIPE ? .reset : .system(code)
    }

    /// All bytes up to and with the first `marker`; what came behind it is kept.
    func read(through marker: String) throws(Failure) -> String {
        let marker = Array(marker.utf8)
        var bytes: [UInt8] = []
        while true {
            let searched = max(0, bytes.count - marker.count)
            bytes += try read()
            guard let found = bytes[searched...].firstRange(of: marker) else { continue }
            kept.withLock { $0 = Array(bytes[found.upperBound...]) }
            return String(decoding: bytes[..<found.upperBound], as: UTF8.self)
        }
    }

    /// A message's start line and fields.
    @discardableResult func readHead() throws(Failure) -> String { try read(through: "\r\n\r\n") }

    /// Exactly `count` bytes.
    @discardableResult func read(count: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += try read() }
        kept.withLock { $0 = Array(bytes[count...]) }
        return Array(bytes[..<count])
    }

    /// All there is up to the end, and how it ended.
    func readToEnd() -> (text: String, ending: Failure) {
        var bytes: [UInt8] = []
        while true {
            do throws(Failure) {
                bytes += try read()
            } catch {
                return (String(decoding: bytes, as: UTF8.self), error)
            }
        }
    }

    /// Whether it is closed, or the peer has ended its side and nothing is left to read.
    var isEnded: Bool {
        descriptor.withLock { number in
            guard let number else { return true }
            var byte: UInt8 = 0
            return unsafe recv(number, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
        }
    }

    // MARK: Writing

    /// Sends all bytes.
    func send(_ bytes: some Collection<UInt8>) throws(Failure) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let number = try number()
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Self.failure(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a text.
    func send(_ text: String) throws(Failure) { try send(text.utf8) }

    /// Sends as much as the kernel takes without waiting; how much that was.
    func sendWithoutWaiting(_ bytes: [UInt8]) throws(Failure) -> Int {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let count = try unsafe Glibc.send(number(), bytes, bytes.count, flags)
        if count >= 0 { return count }
        guard errno == EAGAIN else { throw Self.failure(errno) }
        return 0
    }

    // MARK: The end

    /// Says that nothing more comes.
    func finishWriting() { stop(Int32(SHUT_WR)) }

    /// Ends both directions, so that a thread that waits here wakes.
    func stop(_ how: Int32 = Int32(SHUT_RDWR)) {
        descriptor.withLock { if let number = $0 { shutdown(number, how) } }
    }

    func close() {
        descriptor.withLock { number in
            if let open = number { Glibc.close(open) }
            number = nil
        }
    }

    /// Closes with a reset instead of a clean end.
    func reset() {
        descriptor.withLock { number in
            guard let number else { return }
            var linger = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout.size(ofValue: linger))
            _ = unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, size)
        }
        close()
    }
}

/// Runs blocking calls on a thread of their own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

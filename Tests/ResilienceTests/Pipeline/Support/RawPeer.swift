import Foundation
import Glibc
import HTTP
import Reactor
import Synchronization

/// A server that answers each request with the bytes it is given and then closes, or resets, the connection.
final class RawPeer: Sendable {
    enum Ending: Sendable {
        case close
        case reset
    }

    let destination: HTTPDestination
    private let listener: Int32
    private let accepted = Atomic(0)

    /// Connections so far.
    var connections: Int { accepted.load(ordering: .relaxed) }

    init(_ bytes: String, _ ending: Ending) throws {
        let (number, port) = try Self.bound()
        guard listen(number, 64) == 0 else { throw SystemError("listen") }
        listener = number
        destination = HTTPDestination(.loopback(port: port))
        Thread.detachNewThread { [self] in serve(Array(bytes.utf8), ending) }
    }

    /// Ends the listening, and so its thread.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ bytes: [UInt8], _ ending: Ending) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR { continue }
                break
            }
            accepted.wrappingAdd(1, ordering: .relaxed)
            Self.readHead(connection)
            _ = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if ending == .reset {
                var linger = linger(l_onoff: 1, l_linger: 0)
                _ = unsafe setsockopt(
                    connection,
                    SOL_SOCKET,
                    SO_LINGER,
                    &linger,
                    socklen_t(MemoryLayout.size(ofValue: linger))
                )
            }
            close(connection)
        }
        close(listener)
    }

    private static func readHead(_ connection: Int32) {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard unsafe recv(connection, &byte, 1, 0) == 1 else { return }
            head.append(byte)
        }
    }

    /// A socket on a free port that does not listen: connections to it are refused.
    static func bound() throws -> (descriptor: Int32, port: UInt16) {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) {
            // `sockaddr` is how every kind of address is passed.
            let general = unsafe UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self)
            return unsafe bind(number, general, length) == 0 && getsockname(number, general, &length) == 0
        }
        guard isBound else { throw SystemError("bind") }
        return (number, UInt16(bigEndian: address.sin_port))
    }
}

/// An address where nobody listens, and nobody else can.
final class DeafPeer: Sendable {
    private let descriptor: Int32
    let destination: HTTPDestination

    init() throws {
        let (descriptor, port) = try RawPeer.bound()
        self.descriptor = descriptor
        destination = HTTPDestination(.loopback(port: port))
    }

    deinit { close(descriptor) }
}

import Foundation
import Glibc
import Reactor
import Synchronization

/// An upstream that does what its script says, on a thread for each connection.
final class ScriptedUpstream: Sendable {
    typealias Script = @Sendable (_ wire: Wire) throws -> Void

    let port: UInt16
    private let listener: Int32
    private let wires: Mutex<[Wire]> = Mutex([])

    init(_ script: @escaping Script) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = unsafe Loopback.with(0) { unsafe bind(listener, $0, $1) } == 0
        guard isBound, listen(listener, 1024) == 0 else { throw SystemError("listen") }
        _ = unsafe withUnsafeMutablePointer(to: &address) {
            // `sockaddr` is how every kind of address is passed.
            unsafe getsockname(
                listener,
                UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self),
                &length
            )
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in serve(script) }
    }

    /// Ends the listening and all connections, and so the threads.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        for wire in wires.withLock({ $0 }) { wire.stop() }
    }

    private func serve(_ script: @escaping Script) {
        while true {
            let number = accept(listener, nil, nil)
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            guard number >= 0 else {
                if errno == EINTR { continue }
                Glibc.close(listener)
                return
            }
            let wire = Wire(owning: number)
            wires.withLock { $0.append(wire) }
            Thread.detachNewThread {
                // A script that the other side cuts short is over; tests look at what that made of it.
                try? script(wire)
                wire.stop()
            }
        }
    }

    /// Reads a handshake and switches.
    static func switching(_ wire: Wire, behind bytes: [UInt8] = []) throws(Wire.Ending) {
        try wire.readHead()
        let head = """
            HTTP/1.1 101 Switching Protocols\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r

            """
        try wire.send(Array(head.utf8) + bytes)
    }
}

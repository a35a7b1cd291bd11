import Foundation
import Glibc
import Synchronization

@testable import Reactor

/// A server that does what its script says, on a thread for each connection.
final class ScriptedServer: Sendable {
    /// What happens on a connection; they are numbered from 1. The connection closes when it returns.
    typealias Script = @Sendable (_ peer: BlockingSocket, _ number: Int) throws -> Void

    private struct State {
        var peers: [BlockingSocket] = []
        var isStopped = false
    }

    /// Where it listens.
    let address: SocketAddress
    private let listener: BlockingSocket
    private let state = Mutex(State())

    /// Listens on a free port, or on a Unix socket's path; the kernel keeps `receiveBuffer` bytes for each connection.
    init(
        at address: SocketAddress = .loopback(port: 0),
        receiveBuffer: Int32? = nil,
        script: @escaping Script
    ) throws {
        let (number, bound) = try Self.listen(at: address, backlog: 64)
        if let receiveBuffer { BlockingSocket.set(number, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        self.address = bound
        listener = BlockingSocket(owning: number)
        Thread.detachNewThread { [self] in serve(number, script) }
    }

    /// Opens a listening socket.
    static func listen(at address: SocketAddress, backlog: Int32) throws -> (Int32, SocketAddress) {
        let number = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = unsafe address.withStorage { storage, length in
            // `sockaddr` is how bind(2) takes every kind of address.
            unsafe bind(number, UnsafeRawPointer(storage).assumingMemoryBound(to: sockaddr.self), length)
        }
        guard status == 0, Glibc.listen(number, backlog) == 0 else {
            throw SystemError("listen at \(address)")
        }
        let room = UnsafeMutablePointer<sockaddr_storage>.allocate(capacity: 1)
        defer { unsafe room.deallocate() }
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = unsafe getsockname(
            number,
            UnsafeMutableRawPointer(room).assumingMemoryBound(to: sockaddr.self),
            &length
        )
        guard let bound = unsafe SocketAddress(room.pointee, length: length) else {
            throw SystemError("name \(address)")
        }
        return (number, bound)
    }

    /// How many connections have been made.
    var connectionCount: Int { state.withLock { $0.peers.count } }

    /// Ends the listening and all connections, and so the threads.
    func stop() {
        let peers = state.withLock { state in
            state.isStopped = true
            return state.peers
        }
        listener.stop()
        for peer in peers { peer.stop() }
        if case .unix(let path) = address { unsafe unlink(path) }
    }

    private func serve(_ number: Int32, _ script: @escaping Script) {
        while true {
            let connection = accept(number, nil, nil)
            guard connection >= 0 else {
                if state.withLock({ $0.isStopped }) || errno != EINTR && errno != EAGAIN {
                    return listener.close()
                }
                continue
            }
            let peer = BlockingSocket(owning: connection)
            let count = state.withLock { state in
                state.peers.append(peer)
                if state.isStopped { peer.stop() }
                return state.peers.count
            }
            Thread.detachNewThread {
                // A script that is cut short by the client is over; what the client made of it is what tests look at.
                try? script(peer, count)
                peer.close()
            }
        }
    }
}

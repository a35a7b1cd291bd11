import Glibc
import HTTPWire
import Reactor

/// Many clients on one thread, each of which sends a byte of its head now and then.
struct SlowClients {
    private var sockets: [RawSocket]

    init(count: Int, to address: SocketAddress) throws {
        sockets = try (0..<count).map { _ in
            let socket = try RawSocket(to: address, receiveBuffer: nil, patience: 20)
            try socket.send(Array("GET / HTTP/1.1\r\nX: ".utf8))
            return socket
        }
    }

    /// Goes on until the server has ended all of them.
    ///
    /// - Returns: how many were told 408.
    consuming func run() throws -> Int {
        var told = 0
        var patience = 600
        while !sockets.isEmpty, patience > 0 {
            var entries = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            if unsafe poll(&entries, nfds_t(entries.count), 50) == 0 { patience -= 1 }
            var going: [RawSocket] = []
            for (socket, entry) in zip(sockets, entries) {
                guard entry.revents == 0 else {
                    if case .success(let bytes) = socket.receive(), bytes.starts(with: "HTTP/1.1 408".utf8) {
                        told += 1
                    }
                    continue
                }
                // A server that has ended this one answers with a reset; the next poll shows it.
                try? socket.send([UInt8(ascii: "y")])
                going.append(socket)
            }
            sockets = going
        }
        return sockets.isEmpty ? told : -1
    }
}

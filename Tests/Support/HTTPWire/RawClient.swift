import Glibc
package import Reactor
import Synchronization

/// A client that sends just what it is told to, and reads answers one by one.
package final class RawClient: Sendable {
    package let address: SocketAddress
    private let socket: RawSocket
    private let input: Mutex<[UInt8]> = Mutex([])

    private init(_ socket: RawSocket, _ address: SocketAddress) {
        self.socket = socket
        self.address = address
    }

    /// Connects, and sends the first bytes at once; no call waits longer than `patience` seconds.
    package static func connect(
        to address: SocketAddress,
        sending first: String = "",
        receiveBuffer: Int32? = nil,
        patience: Int = 20
    ) async throws -> RawClient {
        try await offThread {
            let socket = try RawSocket(to: address, receiveBuffer: receiveBuffer, patience: patience)
            try socket.send(Array(first.utf8))
            return RawClient(socket, address)
        }
    }

    // MARK: Sending

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) async throws {
        try await offThread { [socket] in try socket.send(bytes) }
    }

    /// Sends until the peer takes no more for a moment; returns how much went.
    package func sendUntilStalled(_ bytes: [UInt8], milliseconds: Int32 = 300) async throws -> Int {
        try await offThread { [socket] in
            var sent = 0
            while sent < bytes.count {
                let part = Array(bytes[sent..<min(bytes.count, sent + 1 << 16)])
                let count = try socket.sendSome(part, milliseconds: milliseconds)
                guard count > 0 else { break }
                sent += count
            }
            return sent
        }
    }

    /// Sends `byte` again and again, each time that the peer has been silent for a moment, until it says something.
    package func drip(_ byte: UInt8, each milliseconds: Int32) async throws {
        try await offThread { [socket] in
            while !socket.poll(for: Int16(POLLIN), milliseconds: milliseconds) { try socket.send([byte]) }
        }
    }

    /// Sends `bytes` so often, with a moment before each; stops when the peer says something.
    package func trickle(_ bytes: [UInt8], times: Int, each milliseconds: Int32) async throws {
        try await offThread { [socket] in
            for _ in 0..<times where !socket.poll(for: Int16(POLLIN), milliseconds: milliseconds) {
                try socket.send(bytes)
            }
        }
    }

    package func finishSending() { socket.finishSending() }
    package func close() { socket.end() }
    package func reset() { socket.reset() }

    // MARK: Reading

    /// Sends a request and reads its answer.
    package func exchange(_ request: String, isHead: Bool = false) async throws -> RawResponse {
        try await send(request)
        return try await response(isHead: isHead)
    }

    /// Reads one answer, an interim one too.
    ///
    /// - Throws: ``EndOfInput`` when the connection ends before the answer does.
    package func response(isHead: Bool = false) async throws -> RawResponse {
        try await offThread { [self] in
            var reader = Reader(socket: socket, bytes: input.withLock { $0 })
            defer { input.withLock { $0 = Array(reader.bytes) } }
            return try reader.response(isHead: isHead)
        }
    }

    /// Reads a number of bytes as they come.
    package func bytes(_ count: Int) async throws -> [UInt8] {
        try await offThread { [self] in
            var reader = Reader(socket: socket, bytes: input.withLock { $0 })
            defer { input.withLock { $0 = Array(reader.bytes) } }
            return try reader.take(count)
        }
    }

    /// Reads to the end, and says what kind of end it was.
    package func rest() async throws -> (bytes: [UInt8], ending: RawSocket.Ending) {
        try await offThread { [self] in
            var reader = Reader(socket: socket, bytes: input.withLock { $0 })
            let ending = reader.fillToEnd()
            return (Array(reader.bytes), ending)
        }
    }

    /// Reads an answer, and expects the connection to end cleanly behind it.
    package func lastResponse(isHead: Bool = false) async throws -> RawResponse {
        let answer = try await response(isHead: isHead)
        let (bytes, ending) = try await rest()
        guard bytes.isEmpty, ending == .clean else {
            throw RawResponse.Malformed(text: "\(bytes.count) bytes behind the last answer, ending \(ending)")
        }
        return answer
    }

    /// Whether something arrives, or the connection ends, within a moment.
    package func hears(within milliseconds: Int32) async throws -> Bool {
        if !input.withLock({ $0.isEmpty }) { return true }
        return try await offThread { [socket] in socket.poll(for: Int16(POLLIN), milliseconds: milliseconds) }
    }

    /// Waits, without reading, until the connection is gone in both directions.
    package func gone() async throws -> Bool {
        try await offThread { [socket] in socket.poll(for: 0, milliseconds: 20_000) }
    }
}

import Reactor

/// Rooms for messages, passed from connection to connection on a loop: idle ones hold none. There are as many as wait to
/// be sent together at most, and never more than 256 KiB of them.
final class SpareRoom {
    private static let byteLimit = 256 * 1024

    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var rooms: [[UInt8]] = []
    private var byteCount = 0

    /// Gives a room to who has none, unless others have all.
    func give(_ room: inout [UInt8]) {
        guard room.capacity == 0, let spare = rooms.popLast() else { return }
        byteCount -= spare.capacity
        room = spare
    }

    /// Takes an empty room back.
    func take(_ room: inout [UInt8]) {
        let count = room.capacity
        if count > 0, rooms.count < SendQueue.limit, byteCount + count <= Self.byteLimit {
            byteCount += count
            rooms.append(room)
        }
        room = []
    }
}

/// The writing half of a connection: what waits to be sent, and contents as they come.
final class MessageSink {
    /// Why a content can't be sent to its end; the message is cut then.
    struct ContentFailure: Error {
        let reason: String
    }

    let socket: StreamSocket
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private(set) var outbox = Outbox()
    /// Bytes of the present message's content that were written so far.
    var contentByteCount = 0
    /// Whether what waits is sent soon.
    private(set) var isQueued = false
    private let room: SpareRoom
    /// How long the peer may take nothing.
    var timeout: Duration

    /// Takes the writing half of `socket`, whose peer may take nothing for `timeout`.
    init(_ socket: StreamSocket, room: SpareRoom, timeout: Duration) {
        self.socket = socket
        self.room = room
        self.timeout = timeout
    }

    /// Forgets what waits, for another connection.
    func reset() { if !outbox.isEmpty { outbox.removeAll() } }

    /// Writes behind what waits.
    func append(_ write: (inout [UInt8]) -> Void) { append(content: [], behind: write) }

    /// Writes a head, and its whole content behind it.
    func append(content: [UInt8], behind write: (inout [UInt8]) -> Void) {
        outbox.append(content: content, behind: write, room)
    }

    /// Sends all that waits; returns when the kernel has taken it.
    func flush() async -> StreamSocket.SendResult {
        while !outbox.isEmpty {
            switch outbox.write(to: socket) {
            case .bytes: continue
            case .failed: return .failed
            case .wouldBlock: if let failure = await socket.waitForRoom(timeout) { return failure }
            }
        }
        outbox.returnRoom(to: room)
        await socket.giveWay()
        return .sent
    }

    /// Sends what the kernel takes now; the rest goes with the next ``flush()``.
    ///
    /// - Returns: how many bytes are left.
    @discardableResult func flushNow() -> Int {
        outbox.writeOnce(to: socket, room)
    }

    /// Has `sender`, whose sink this is, send what waits together with others of the loop; see ``SendQueue``.
    func flushSoon(_ sender: any QueuedSender) {
        guard !isQueued else { return }
        isQueued = true
        socket.local.sends.append(sender)
    }

    /// Sends what was to be sent soon, as far as the kernel takes it.
    ///
    /// - Returns: how many bytes are left.
    func flushQueued() -> Int {
        isQueued = false
        return flushNow()
    }

    /// Writes a content; bytes wait for the next flush, a stream is sent piece by piece as the peer takes it.
    func send(
        _ body: HTTPBody,
        _ framing: MessageFraming
    ) async throws(ContentFailure) -> StreamSocket.SendResult {
        switch body.storage {
        case .empty: return .sent
        case .bytes(let bytes):
            contentByteCount += bytes.count
            append(content: bytes) { _ in }
            return .sent
        case .stream(let stream): return try await send(stream, framing)
        case .segments(let segments): return try await send(segments)
        }
    }

    private func send(
        _ stream: HTTPBody.Stream,
        _ framing: MessageFraming
    ) async throws(ContentFailure) -> StreamSocket.SendResult {
        var count = 0
        var pieces = stream.pieces.makeAsyncIterator()
        while let piece = try await Self.naming({ try await pieces.next(isolation: #isolation) }) {
            count += piece.count
            if let length = stream.length, count > length {
                throw ContentFailure(reason: "is longer than its \(length) bytes")
            }
            if framing == .chunked {
                append { MessageWriter.appendChunk(piece, to: &$0) }
            } else {
                append(content: piece) { _ in }
            }
            let result = await flush()
            guard result == .sent else { return result }
            contentByteCount += piece.count
        }
        if let length = stream.length, count < length {
            throw ContentFailure(reason: "ended after \(count) of \(length) bytes")
        }
        guard framing == .chunked else { return .sent }
        let trailers = await stream.trailers?() ?? HTTPFields()
        append { MessageWriter.appendEnd(trailers: trailers, to: &$0) }
        return .sent
    }

    private func send(_ segments: [HTTPBodySegment]) async throws(ContentFailure) -> StreamSocket.SendResult {
        for segment in segments {
            switch segment {
            case .bytes(let bytes):
                contentByteCount += bytes.count
                append(content: bytes) { _ in }
            case .file(let file, let offset, let count):
                var result = await flush()
                guard result == .sent else { return result }
                result = try await Self.naming {
                    try await socket.send(file, offset: offset, count: count, timeout: timeout)
                }
                guard result == .sent else { return result }
                contentByteCount += count
            }
        }
        return .sent
    }

    private static func naming<Value>(_ body: () async throws -> Value) async throws(ContentFailure) -> Value
    {
        do { return try await body() } catch { throw ContentFailure(reason: "failed: \(error)") }
    }
}

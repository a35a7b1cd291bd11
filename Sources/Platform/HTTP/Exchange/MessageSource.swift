import Reactor

/// The reading half of a connection: heads and contents out of the bytes that arrive.
final class MessageSource {
    /// How far reading a head has come.
    enum HeadResult: Equatable {
        /// The parser has the head.
        case whole
        /// So many bytes of it are there; more must be waited for.
        case partial(Int)
        /// The peer ended its side, so many bytes into the head.
        case ended(Int)
        /// The connection is broken or closed.
        case failed
    }

    let socket: StreamSocket
    /// Bytes that have arrived and not been used: the head in progress, or what follows it.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private(set) var input = InputBuffer()
    /// What is left of the present message's content.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    var content = ContentReader(.none, limits: HTTPLimits())

    /// Whether the raw read that waits, or the next, is to return at once.
    private var isWoken = false
    /// Whether the last raw read brought much.
    private var readsMuch = false

    init(_ socket: StreamSocket) { self.socket = socket }

    /// Forgets all, for another connection.
    func reset() {
        input.removeAll()
        content = ContentReader(.none, limits: HTTPLimits())
        isWoken = false
    }

    /// Whether no more has come than the empty line, or a part of it, that is forgiven before a request: old clients send one
    /// behind a content (RFC 9112 §2.2).
    var hasEmptyLineAlone: Bool {
        (1...2).contains(input.count) && input.bytes[input.start] == UInt8(ascii: "\r")
    }

    /// Reads on in a head, as far as the bytes that have arrived go.
    ///
    /// `parse` gets all bytes since the message's start; see ``RequestParser/parse(_:)``.
    func readHead(
        _ parse: (Span<UInt8>) throws(HTTPProtocolError) -> Int?
    ) throws(HTTPProtocolError) -> HeadResult {
        if !input.isEmpty, try parseKept(parse) { return .whole }
        while true {
            switch unsafe socket.read(into: socket.local.scratch) {
            case .bytes(let count):
                // The scratch room is ours until this returns, and `count` bytes of it were just filled.
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: socket.local.scratch[..<count])
                if try unsafe parseArrived(bytes, parse) { return .whole }
            case .wouldBlock: return .partial(input.count)
            case .end: return .ended(input.count)
            case .failed: return .failed
            }
        }
    }

    private func parseKept(
        _ parse: (Span<UInt8>) throws(HTTPProtocolError) -> Int?
    ) throws(HTTPProtocolError) -> Bool {
        let bytes = input.bytes
        guard let end = try parse(bytes.span.extracting(input.start...)) else { return false }
        input.consume(end)
        return true
    }

    /// Parses in place when nothing was kept: a head that comes in one piece is copied once, by the parser.
    private func parseArrived(
        _ bytes: UnsafeRawBufferPointer,
        _ parse: (Span<UInt8>) throws(HTTPProtocolError) -> Int?
    ) throws(HTTPProtocolError) -> Bool {
        guard input.isEmpty else {
            unsafe input.append(bytes)
            return try parseKept(parse)
        }
        // Valid while `bytes` is: the parser does not keep it.
        let end = try parse(unsafe Span<UInt8>(_unsafeBytes: bytes))
        let used = end ?? 0
        if used < bytes.count { unsafe input.append(UnsafeRawBufferPointer(rebasing: bytes[used...])) }
        return end != nil
    }

    /// Begins a message's content, and takes it when all of it has arrived with its head.
    func begin(_ framing: MessageFraming, _ limits: HTTPLimits) -> [UInt8]? {
        if case .length(let count) = framing, let whole = input.takeWhole(count) {
            content.clear()
            return whole
        }
        content = ContentReader(framing, limits: limits)
        return nil
    }

    /// Reads on in the content; nil at its end.
    ///
    /// `wait` returns when more is there, or throws.
    func readPiece(
        _ wait: () async throws(HTTPProtocolError) -> Void
    ) async throws(HTTPProtocolError) -> [UInt8]? {
        // Behind the content's end is nothing to wait for: the connection may be at the next message when this goes on.
        if !content.isEnded { await socket.giveWay() }
        while true {
            if !input.isEmpty || content.isEnded {
                let bytes = input.bytes
                var position = input.start
                let step = try content.next(bytes.span, from: &position)
                input.consume(position - input.start)
                switch step {
                case .data(let range): return Array(bytes[range])
                case .end: return nil
                case .needsMore: break
                }
            }
            switch try await readMore(wait) {
            case .piece(let piece): return piece
            case .kept: continue
            case .end: return nil
            }
        }
    }

    private enum More {
        case piece([UInt8])
        case kept
        case end
    }

    /// The most that is read at once: a mebibyte costs 15 % less in two calls for each 128 KiB than in two for 64, and
    /// little less in larger ones.
    private static let pieceByteCount = 1 << 17

    /// Content that needs no taking apart is read straight into the piece that is handed out; chunks by way of `input`.
    private func readMore(
        _ wait: () async throws(HTTPProtocolError) -> Void
    ) async throws(HTTPProtocolError) -> More {
        let isPlain = content.remaining != nil || content.endsWithConnection
        let room = min(content.remaining ?? 1 << 16, Self.pieceByteCount)
        while true {
            let (result, bytes) = readArray(room)
            switch result {
            case .bytes where isPlain:
                content.take(bytes.count)
                // What comes slowly does not hold room for what could have come. (From a slice of all bytes, an array
                // would be the same one.)
                let fits = bytes.count >= room / 4
                return .piece(fits ? bytes : unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) })
            case .bytes:
                input.replace(with: bytes)
                return .kept
            case .end where content.endsWithConnection: return .end
            case .end, .failed: throw HTTPProtocolError(.unexpectedEnd, at: 0)
            case .wouldBlock: try await wait()
            }
        }
    }

    /// What reading on gave in a connection that has left HTTP behind.
    enum RawPiece {
        /// Bytes as they came; none when the reader was woken.
        case bytes([UInt8])
        /// The peer has ended its side.
        case end
        /// The connection is broken or closed.
        case failed
    }

    /// Whether ``readRaw()`` has something to give without a wait.
    var hasRaw: Bool { isWoken || !input.isEmpty || socket.hasInput }

    /// Reads bytes as they are, for a connection that has left HTTP behind.
    func readRaw() async -> RawPiece {
        guard input.isEmpty else { return .bytes(input.take(input.count)) }
        await socket.giveWay()
        while true {
            switch readRawNow() {
            case .wouldBlock: break
            case .bytes(let bytes): return .bytes(bytes)
            case .end: return .end
            case .failed: return .failed
            }
            if isWoken {
                isWoken = false
                return .bytes([])
            }
            guard await socket.readable() == .ready else { return .failed }
        }
    }

    /// Has the raw read in progress, or the next that would wait, return without bytes.
    func wakeRaw() {
        isWoken = true
        socket.wakeReader()
    }

    private enum RawResult {
        case bytes([UInt8])
        case wouldBlock
        case end
        case failed
    }

    /// Little is copied out of the loop's room, so that it takes the memory that it needs; where much comes, it is read
    /// into the piece.
    private func readRawNow() -> RawResult {
        guard socket.hasInput || socket.isClosed else { return .wouldBlock }
        if readsMuch {
            let (result, bytes) = readArray(1 << 16)
            readsMuch = bytes.count >= 1 << 14
            return Self.result(result) { _ in bytes }
        }
        let result = unsafe socket.read(into: socket.local.scratch)
        return Self.result(result) { count in
            readsMuch = count >= 1 << 14
            // `count` bytes of the room were just filled, and it is ours until this returns.
            return unsafe Array(socket.local.scratch[..<count])
        }
    }

    private static func result(
        _ result: StreamSocket.ReadResult,
        _ bytes: (Int) -> [UInt8]
    ) -> RawResult {
        switch result {
        // An interrupted call.
        case .bytes(0), .wouldBlock: .wouldBlock
        case .bytes(let count): .bytes(bytes(count))
        case .end: .end
        case .failed: .failed
        }
    }

    /// Reads and drops one byte, to learn whether there is one.
    func readOne() -> StreamSocket.ReadResult { readArray(1).0 }

    private func readArray(_ room: Int) -> (StreamSocket.ReadResult, [UInt8]) {
        var result = StreamSocket.ReadResult.wouldBlock
        // `read` fills at most the room it is given and says how much.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            unsafe result = socket.read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let read) = result { count = read }
        }
        return (result, bytes)
    }
}

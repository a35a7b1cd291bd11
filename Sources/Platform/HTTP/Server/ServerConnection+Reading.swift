import Reactor

extension ServerConnection {
    /// Reads until the next request's head is whole. An idle connection is suspended here: what this function keeps
    /// meanwhile is what it costs.
    @inline(never)
    func awaitHead() async -> Wait {
        if hasBeenParked { hasBeenParked = false } else { beginIdle() }
        while true {
            switch readHead() {
            case .whole: return .gotHead
            case .partial:
                if !sink.outbox.isEmpty, !sink.isQueued { guard await flush() else { return .over } }
                // For this wait alone: writing obeys the deadline, too.
                if phase == .idle {
                    socket.deadline = min(idleDeadline, socket.local.now + context.times.parking)
                }
                switch await socket.readable() {
                case .ready: if phase == .idle { socket.deadline = idleDeadline }
                case .timedOut where phase == .head:
                    await refuse(HTTPProtocolError(.headTimeout, at: source.input.count))
                    return .over
                case .timedOut where !socket.isClosed && socket.local.now < idleDeadline:
                    park()
                    return .parked
                case .timedOut, .closed: return .over
                }
            case .refused(let error):
                await refuse(error)
                return .over
            case .ended:
                _ = await flush()
                return .over
            }
        }
    }

    private enum HeadStep {
        case whole
        case partial
        case ended
        case refused(HTTPProtocolError)
    }

    /// Reads on in the head as far as the bytes that have arrived go.
    private func readHead() -> HeadStep {
        do throws(HTTPProtocolError) {
            switch try source.readHead({ (span) throws(HTTPProtocolError) in try parser.parse(span) }) {
            case .whole: return .whole
            case .partial(let count):
                if count > 0, phase == .idle, !source.hasEmptyLineAlone {
                    phase = .head
                    socket.deadline = socket.local.now + context.times.head
                }
                return .partial
            case .ended(let count) where count > 0 && !source.hasEmptyLineAlone:
                throw HTTPProtocolError(.unexpectedEnd, at: count)
            case .ended, .failed: return .ended
            }
        } catch {
            return .refused(error)
        }
    }

    private func beginIdle() {
        phase = .idle
        parser.reset()
        guard requestCount > 0 else { return }
        let times = context.times
        idleDeadline = socket.local.now + (context.isDraining ? times.drainIdle : times.idle)
        socket.deadline = idleDeadline
    }

    /// Sets up the exchange for the head that was read.
    func takeRequest() throws(HTTPProtocolError) -> HTTPRequest {
        exchange = context.nextExchange()
        requestCount += 1
        phase = .handling
        let head = parser.head
        frame = parser.frame
        version = head.version
        if head.method == .trace || head.method == .connect {
            throw HTTPProtocolError(.methodNotAllowed, at: 0)
        }
        refusal = nil
        outcome = .sent
        sink.contentByteCount = 0
        contentCount = 0
        isContentOver = false
        let body = frame.framing == .none ? .empty : try takeContent(of: head)
        let upgrade = frame.mayUpgrade ? head.fields[.upgrade] : nil
        return HTTPRequest(head: head, body: body, remoteAddress: remoteAddress, upgrade: upgrade)
    }

    /// A content that has arrived with its head needs no stream.
    private func takeContent(of head: borrowing HTTPRequestHead) throws(HTTPProtocolError) -> HTTPBody {
        contentLimit = context.settings.contentByteCountOf?(copy head) ?? context.settings.contentByteCount
        contentPatience = context.settings.contentTimeout
        awaitsContinue = frame.expectsContinue
        let whole = source.begin(frame.framing, context.settings.limits)
        guard (frame.framing.length ?? 0) <= contentLimit else {
            throw HTTPProtocolError(.contentTooLarge, at: 0)
        }
        guard let whole else {
            return IncomingContent(server: server, key: key).body(length: frame.framing.length)
        }
        awaitsContinue = false
        return HTTPBody(whole)
    }

    // MARK: Content

    /// The trailers of the present request.
    var trailers: HTTPFields { source.content.trailers }

    /// Reads on in the content; nil at its end.
    func nextPiece() async throws -> [UInt8]? {
        guard !isContentOver else { throw HTTPConnectionError.exchangeOver }
        guard !isReading else { throw HTTPConnectionError.readTwice }
        isReading = true
        defer {
            isReading = false
            if let waiting = unsafe readingEnd.take() { unsafe waiting.resume() }
        }
        if let refusal { throw refusal }
        do throws(HTTPProtocolError) {
            sendContinue()
            let piece = try await source.readPiece(waitForContent)
            if let piece { try count(piece) }
            return piece
        } catch {
            if isContentOver { throw HTTPConnectionError.exchangeOver }
            // The end of the connection is no mistake in HTTP: the client left.
            if error.reason == .unexpectedEnd {
                noteClientLeft()
                throw HTTPConnectionError.peerLeft
            }
            refusal = error
            throw error
        }
    }

    private func count(_ piece: [UInt8]) throws(HTTPProtocolError) {
        contentCount += piece.count
        guard contentCount <= contentLimit else {
            throw HTTPProtocolError(.contentTooLarge, at: contentCount)
        }
        let won = Duration.nanoseconds(Int64(piece.count) * 1_000_000_000 / 1024)
        contentPatience = min(context.settings.contentTimeout, contentPatience + won)
    }

    /// Waits for more within the content's patience; the request's own time stands still meanwhile.
    private func waitForContent() async throws(HTTPProtocolError) {
        guard !isContentOver else { throw HTTPProtocolError(.unexpectedEnd, at: contentCount) }
        let began = MonotonicInstant.now
        socket.deadline = began + contentPatience
        let wait = await socket.readable()
        // The socket has another reader then, and its deadline is that one's.
        guard !isContentOver else { throw HTTPProtocolError(.unexpectedEnd, at: contentCount) }
        let waited = MonotonicInstant.now - began
        contentPatience -= waited
        if requestDeadline != .distantFuture { requestDeadline = requestDeadline + waited }
        socket.deadline = requestDeadline
        switch wait {
        case .ready: return
        case .timedOut: throw HTTPProtocolError(.contentTimeout, at: contentCount)
        case .closed: throw HTTPProtocolError(.unexpectedEnd, at: contentCount)
        }
    }

    /// Returns when nobody reads the content any more.
    func endReading() async {
        guard isReading else { return }
        unsafe await withUnsafeContinuation { continuation in
            guard isReading else { return unsafe continuation.resume() }
            unsafe readingEnd = continuation
        }
    }

    func sendContinue() {
        guard awaitsContinue, phase == .handling else { return }
        awaitsContinue = false
        sink.append { MessageWriter.appendContinue(to: &$0) }
        if sink.flushNow() > 0 { socket.watchRoom() }
    }
}

import Reactor

/// One connection to a server, for one exchange at a time. Lives in the isolation of its ``ClientLoop``.
final class ClientConnection: StreamSocketOwner, QueuedSender {
    /// Names an exchange: one that is over names nothing.
    struct Key: Sendable, Hashable {
        let slot: Int
        let exchange: Int
    }

    let slot: Int
    let pool: ConnectionPool
    /// The number of the present exchange, unique on this loop.
    private(set) var exchange = 0
    /// Whether an exchange is in progress.
    private(set) var isBusy = false
    /// Whether the present exchange is not its first: its server may have ended it meanwhile.
    private(set) var isKept = false
    let socket: StreamSocket
    private let source: MessageSource
    private let sink: MessageSink
    private unowned let client: ClientLoop
    private let authority: String
    private let context: ClientContext
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var parser: ResponseParser
    private var timeouts = HTTPTimeouts()
    /// When the present exchange is over at the latest.
    private(set) var deadline = MonotonicInstant.distantFuture
    /// Until when its call waits without a cancellation handler; nil when it has one, or waits no more.
    var freshUntil: MonotonicInstant?
    private var isReading = false
    private var keepsAlive = true
    /// How many bytes of earlier exchanges the kernel took.
    private var writtenBefore = 0
    /// Whether the request's content comes piece by piece: what was taken from its source is gone.
    private var hasUpload = false
    private var gotBytes = false
    private var upload: Task<Void, Never>?
    /// Why the present exchange failed; the connection is closed then.
    private(set) var failure: HTTPClientError?
    private var hasHead = false
    private var answersHead = false
    private var interimCount = 0
    /// The answer's content while it is read.
    private weak var content: AnswerContent?
    /// The protocols that one exchange asked for.
    private var offer: (exchange: Int, protocols: [String])?
    /// Whether it has left HTTP behind; it is none of the pool's then.
    private(set) var isUpgraded = false
    private var hasFinishedWriting = false

    init(
        _ slot: Int,
        _ socket: StreamSocket,
        _ pool: ConnectionPool,
        _ client: ClientLoop,
        _ context: ClientContext,
        _ authority: String
    ) {
        self.slot = slot
        self.socket = socket
        self.pool = pool
        self.client = client
        self.authority = authority
        self.context = context
        parser = ResponseParser(limits: context.settings.limits)
        source = MessageSource(socket)
        sink = MessageSink(socket, room: context.room, timeout: context.settings.timeouts.idle)
        socket.owner = self
    }

    var key: Key { Key(slot: slot, exchange: exchange) }

    /// Whether another exchange may begin: the last ended cleanly, and the server has said nothing since.
    var isReusable: Bool { !socket.isClosed && keepsAlive && !isBusy && !socket.hasInput }

    /// Begins an exchange that is over at `deadline`.
    func begin(_ deadline: MonotonicInstant) {
        isKept = exchange > 0
        exchange = context.nextExchange()
        self.deadline = deadline
        isBusy = true
        writtenBefore = socket.writtenByteCount
        hasUpload = false
        gotBytes = false
        hasHead = false
        failure = nil
    }

    /// Waits unused, for a time.
    func rest() { socket.deadline = socket.local.now + context.idleTime }

    /// Whether a request that failed here may be sent again on a fresh connection: nothing of it was sent, or nothing
    /// came back and sending it twice does no harm.
    func mayRetry(_ request: HTTPRequest) -> Bool {
        guard failure == .disconnected, !gotBytes else { return false }
        if !hasUpload, socket.writtenByteCount == writtenBefore { return true }
        return request.head.method.isIdempotent && request.body.isRepeatable
    }

    // MARK: An exchange

    /// Sends the request, as far as it goes at once; a failure is kept in ``failure``.
    func ask(_ request: HTTPRequest, _ timeouts: HTTPTimeouts) {
        self.timeouts = timeouts
        answersHead = request.head.method == .head
        interimCount = 0
        parser.reset(answersHead: answersHead)
        do throws(HTTPClientError) { try startRequest(request) } catch { fail(error) }
    }

    /// Waits for the answer's head.
    func answer() async throws(HTTPClientError) -> HTTPResponse {
        do throws(HTTPClientError) {
            while try !hasFinalHead() { try check(await socket.readable()) }
            return try takeResponse()
        } catch {
            fail(error)
            throw failure ?? error
        }
    }

    /// The answer, when its head has come with the wait that ended; nil when it must be waited for on, or ``failure`` is
    /// set.
    func answerNow(after wait: StreamSocket.WaitResult) -> HTTPResponse? {
        freshUntil = nil
        do throws(HTTPClientError) {
            try check(wait)
            guard try hasFinalHead() else { return nil }
            return try takeResponse()
        } catch {
            fail(error)
            return nil
        }
    }

    /// Has its call look for cancellation from now on.
    func endFreshness() {
        freshUntil = nil
        socket.wakeReader()
    }

    private func check(_ wait: StreamSocket.WaitResult) throws(HTTPClientError) {
        switch wait {
        case .ready: return
        // All that there was has been sent, and more was to come: it is not the server who is late.
        case .timedOut: throw .timedOut(hasUpload && upload != nil && sink.outbox.isEmpty ? .request : .head)
        case .closed: throw gotBytes ? .answerCut : .disconnected
        }
    }

    /// Has the request sent with those of others; a content that comes piece by piece, and what the kernel does not take at
    /// once, go beside the wait for the answer, whose server may send it already.
    ///
    /// A server may answer and close before it has taken all, so a failure to send shows in the reading.
    private func startRequest(_ request: HTTPRequest) throws(HTTPClientError) {
        // What the server says before it was asked is no answer (a request it might belong to has not been sent).
        guard !socket.hasInput else {
            throw socket.isPeerClosed || socket.isHungUp
                ? .disconnected : .invalidAnswer(HTTPProtocolError(.unexpectedBytes, at: 0))
        }
        let framing = Self.framing(of: request.body)
        let whole = request.body.whole
        sink.append(content: whole ?? []) {
            MessageWriter.append(request.head, framing: framing, host: authority, to: &$0)
        }
        guard whole != nil else {
            hasUpload = true
            // The head does not wait for the first piece, which may be long in coming.
            sink.flushSoon(self)
            return startUpload(request.body, framing)
        }
        socket.deadline = min(deadline, socket.local.now + timeouts.attemptTime)
        if sink.outbox.hasRoom { sink.flushSoon(self) } else { sendQueued() }
    }

    /// Sends what waits, the rest beside the wait for the answer.
    func sendQueued() {
        guard sink.flushQueued() > 0, isBusy else { return }
        if upload == nil { startUpload(.empty, .none) } else { socket.watchRoom() }
    }

    private func startUpload(_ body: HTTPBody, _ framing: MessageFraming) {
        sink.timeout = timeouts.idle
        socket.deadline = deadline
        let (client, key) = (client, key)
        upload = Task(executorPreference: client.loop) { await client.upload(body, framing, key) }
    }

    private static func framing(of body: HTTPBody) -> MessageFraming {
        guard let length = body.length else { return .chunked }
        return length == 0 ? .none : .length(length)
    }

    /// Sends what waits, and a content behind it, beside the wait for the answer.
    func upload(_ body: HTTPBody, _ framing: MessageFraming) async {
        do throws(MessageSink.ContentFailure) {
            var result = try await sink.send(body, framing)
            if result == .sent { result = await sink.flush() }
            if result != .sent { keepsAlive = false }
            // A server that answers already may well leave the rest.
            if result == .timedOut, !hasHead { fail(.timedOut(.content)) }
        } catch {
            fail(.contentFailed(error.reason))
        }
        upload = nil
        guard isBusy, failure == nil, !hasHead else { return }
        socket.deadline = min(deadline, socket.local.now + timeouts.attemptTime)
    }

    /// Reads as far as the bytes that have arrived go; true when the answer's own head is whole, behind interim ones.
    private func hasFinalHead() throws(HTTPClientError) -> Bool {
        while try readHeadNow() {
            let status = parser.head.status
            guard status.isInformational else { return true }
            if status == .switchingProtocols, let offer, offer.exchange == exchange,
                UpgradeOffer.accepts(parser.head, asked: offer.protocols)
            {
                return true
            }
            interimCount += 1
            guard status != .switchingProtocols, interimCount <= 8 else {
                throw .invalidAnswer(HTTPProtocolError(.statusInvalid, at: 0))
            }
            parser.reset(answersHead: answersHead)
        }
        return false
    }

    /// Reads as far as the bytes that have arrived go; true when the head is whole.
    private func readHeadNow() throws(HTTPClientError) -> Bool {
        let result: MessageSource.HeadResult
        do throws(HTTPProtocolError) {
            result = try source.readHead { (span) throws(HTTPProtocolError) in
                gotBytes = true
                return try parser.parse(span)
            }
        } catch {
            throw .invalidAnswer(error)
        }
        switch result {
        case .whole: return true
        case .partial: return false
        case .ended, .failed: throw gotBytes ? .answerCut : .disconnected
        }
    }

    private func takeResponse() throws(HTTPClientError) -> HTTPResponse {
        hasHead = true
        let frame = parser.frame
        keepsAlive = keepsAlive && frame.keepsAlive
        let body: HTTPBody
        if let whole = source.begin(frame.framing, context.settings.limits) {
            body = HTTPBody(whole)
            try finish()
        } else if frame.framing == .none {
            body = answersHead ? lengthOfHead() : .empty
            if parser.head.status == .switchingProtocols { try leaveHTTP() } else { try finish() }
        } else {
            body = openContent().body(length: frame.framing.length)
        }
        return HTTPResponse(parser.head, body: body)
    }

    /// The body that an answer to HEAD has none of: of an unknown length, where its server tells none (RFC 9110 §8.6).
    private func lengthOfHead() -> HTTPBody {
        let tellsNone = parser.head.status.hasNoContent || parser.head.fields.contains(.contentLength)
        return tellsNone ? .empty : HTTPBody(AsyncStream { nil }, length: nil)
    }

    private func openContent() -> AnswerContent {
        if !timeouts.totalCoversContent { deadline = .distantFuture }
        // The attempt is over; until somebody asks for more, only the call's end counts.
        socket.deadline = deadline
        let content = AnswerContent(client, key)
        self.content = content
        return content
    }

    /// Reads on in the answer's content.
    func nextPiece() async throws(HTTPClientError) -> AnswerContent.Piece {
        guard !isReading else { throw .answerOver }
        isReading = true
        defer { isReading = false }
        do throws(HTTPClientError) {
            if let piece = try await readPiece() { return .bytes(piece) }
            let trailers = source.content.trailers
            try finish()
            return .end(trailers: trailers)
        } catch {
            fail(error)
            throw failure ?? error
        }
    }

    private func readPiece() async throws(HTTPClientError) -> [UInt8]? {
        do throws(HTTPProtocolError) {
            return try await source.readPiece(waitForContent)
        } catch {
            switch error.reason {
            case .unexpectedEnd: throw .disconnected
            case .contentTimeout: throw .timedOut(.content)
            default: throw .invalidAnswer(error)
            }
        }
    }

    private func waitForContent() async throws(HTTPProtocolError) {
        while true {
            let written = socket.writtenByteCount
            socket.deadline = min(deadline, socket.local.now + timeouts.idleTime)
            switch await socket.readable() {
            case .ready:
                socket.deadline = deadline
                return
            // A server that still takes the request's content is not idle.
            case .timedOut where socket.writtenByteCount != written && socket.local.now < deadline: continue
            case .timedOut: throw HTTPProtocolError(.contentTimeout, at: 0)
            case .closed: throw HTTPProtocolError(.unexpectedEnd, at: 0)
            }
        }
    }

    // MARK: Another protocol

    /// Has the present exchange take a 101 answer, if it names what these fields ask for.
    func offerUpgrade(_ fields: HTTPFields) {
        offer = (exchange, UpgradeOffer.protocols(in: fields))
    }

    /// From now on there are bytes both ways; the pool's place is free.
    private func leaveHTTP() throws(HTTPClientError) {
        guard upload == nil else { throw .invalidAnswer(HTTPProtocolError(.statusInvalid, at: 0)) }
        isUpgraded = true
        socket.deadline = .distantFuture
        pool.letGo()
    }

    /// Whether reading has something to give without a wait.
    var hasUpgradedInput: Bool { source.hasRaw }

    /// Bytes of another protocol; nil when the server has ended its side.
    func readUpgraded() async throws(HTTPConnectionError) -> [UInt8]? {
        guard !isReading else { throw .readTwice }
        isReading = true
        defer { isReading = false }
        switch await source.readRaw() {
        case .bytes(let bytes): return bytes
        // A reset that a write has met shows in the reading as an end.
        case .end where !socket.isHungUp || hasFinishedWriting: return nil
        case .end, .failed: throw .peerLeft
        }
    }

    func writeUpgraded(_ bytes: [UInt8], _ patience: Duration?) async throws(HTTPConnectionError) {
        sink.timeout = patience ?? timeouts.idle
        sink.append(content: bytes) { _ in }
        switch await sink.flush() {
        case .sent: return
        case .timedOut: close(reset: true)
        case .failed: break
        }
        throw .peerLeft
    }

    func finishWritingUpgraded() {
        hasFinishedWriting = true
        socket.shutdownWriting()
    }

    func wakeReader() { source.wakeRaw() }

    // MARK: The end

    /// The answer is whole. The connection goes back, to be used again if the request was sent whole, too, and nothing
    /// came behind the answer.
    private func finish() throws(HTTPClientError) {
        guard source.input.isEmpty else { throw .invalidAnswer(HTTPProtocolError(.unexpectedBytes, at: 0)) }
        if socket.hasInput { try lookBehind() }
        if let upload {
            upload.cancel()
            keepsAlive = false
        }
        isBusy = false
        content = nil
        socket.deadline = .distantFuture
        pool.release(self)
    }

    /// A last read that filled its room does not tell whether more is there: bytes behind the answer, or the end.
    private func lookBehind() throws(HTTPClientError) {
        switch source.readOne() {
        case .bytes: throw .invalidAnswer(HTTPProtocolError(.unexpectedBytes, at: 0))
        case .end, .failed: keepsAlive = false
        case .wouldBlock: break
        }
    }

    /// Ends the connection by a reset: a request that is not sent whole can't be taken for one, and a server that is still at its
    /// answer knows that nobody waits for it, which an orderly end of one side would not tell.
    private func fail(_ error: HTTPClientError) {
        failure = failure ?? error
        content?.fail(error)
        close(reset: upload != nil || !isUpgraded)
    }

    /// Nobody waits for the answer any more.
    func abandon(cancelled: Bool) {
        // Who is stopped in the middle of another protocol must not look like one who has said all.
        if cancelled, isUpgraded { return close(reset: true) }
        fail(cancelled ? .cancelled : .answerOver)
    }

    /// Closes the connection and frees its place.
    func close(reset: Bool = false) {
        guard !socket.isClosed else { return }
        isBusy = false
        upload?.cancel()
        context.freeSlot(of: self)
        socket.close(reset: reset)
        if isUpgraded { pool.upgradedClosed() } else { pool.closed() }
    }

    // MARK: What the socket reports

    /// Unused connections have nothing to hear: the server ends this one, or talks out of turn.
    func socketHasInput() { if !isBusy { pool.drop(self) } }

    /// A hang-up ends the wait in progress by itself; an unused connection goes.
    func socketHungUp() { if !isBusy { pool.drop(self) } }

    /// The rest of a head whose content is long in coming.
    func socketHasRoom() { sink.flushNow() }

    /// Unused for too long, or nobody has asked for more of the answer before the call's time was up.
    func socketDeadlinePassed() { if isBusy { fail(.timedOut(.content)) } else { pool.drop(self) } }
}

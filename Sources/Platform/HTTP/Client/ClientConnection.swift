import Reactor

/// One connection to a server, for one exchange at a time. Lives in the isolation of its ``ClientLoop``.
final class ClientConnection: StreamSocketOwner {
    /// Names an exchange: one that is over names nothing.
    struct Key: Sendable, Hashable {
        let connection: Int
        let exchange: Int
    }

    let number: Int
    let pool: ConnectionPool
    /// Counts the exchanges, and names the present one.
    private(set) var exchange = 0
    private let socket: StreamSocket
    private let source: MessageSource
    private let sink: MessageSink
    private unowned let client: ClientLoop
    private let authority: String
    private let context: ClientContext
    private var parser: ResponseParser
    private var timeouts = HTTPTimeouts()
    private var deadline = MonotonicInstant.distantFuture
    private var isBusy = false
    private var isReading = false
    private var keepsAlive = true
    private var sentBytes = false
    private var gotBytes = false
    private var upload: Task<Void, Never>?
    private var failure: HTTPClientError?

    init(
        _ number: Int,
        _ socket: StreamSocket,
        _ pool: ConnectionPool,
        _ client: ClientLoop,
        _ context: ClientContext,
        _ authority: String
    ) {
        self.number = number
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

    var key: Key { Key(connection: number, exchange: exchange) }

    /// Whether another exchange may begin: the last ended cleanly, and the server has said nothing since.
    var isReusable: Bool {
        !socket.isClosed && keepsAlive && !isBusy && !socket.hasInput && source.input.isEmpty && sink.outbox.isEmpty
    }

    func begin() {
        exchange += 1
        isBusy = true
        context.leased[number] = self
        sentBytes = false
        gotBytes = false
        failure = nil
    }

    /// Waits unused, for a time.
    func rest(_ timeout: Duration) { socket.deadline = socket.local.now + timeout }

    /// Whether a request that failed here may be sent again on a fresh connection: nothing of it was sent, or nothing
    /// came back and sending it twice does no harm.
    func mayRetry(_ request: HTTPRequest) -> Bool {
        guard failure == .disconnected, !gotBytes else { return false }
        if !sentBytes { return true }
        return request.head.method.isIdempotent && request.body.isRepeatable
    }

    // MARK: An exchange

    /// Sends the request and waits for the answer's head.
    func exchange(
        _ request: HTTPRequest,
        _ timeouts: HTTPTimeouts,
        _ deadline: MonotonicInstant
    ) async throws(HTTPClientError) -> HTTPResponse {
        self.timeouts = timeouts
        self.deadline = deadline
        do throws(HTTPClientError) {
            if Task.isCancelled { throw .cancelled }
            try await sendRequest(request)
            try await readHead(answersHead: request.head.method == .head)
            return try takeResponse()
        } catch {
            fail(error)
            throw failure ?? error
        }
    }

    private func sendRequest(_ request: HTTPRequest) async throws(HTTPClientError) {
        // What the server says before it was asked is no answer (a request it might belong to has not been sent).
        guard !socket.hasInput else { throw socket.isPeerClosed || socket.isHungUp ? .disconnected : .invalidAnswer(HTTPProtocolError(.unexpectedBytes, at: 0)) }
        let framing = Self.framing(of: request.body)
        sink.append { MessageWriter.append(request.head, framing: framing, host: authority, to: &$0) }
        socket.deadline = min(deadline, socket.local.now + timeouts.attempt)
        switch request.body.storage {
        case .empty, .bytes:
            _ = try? await sink.send(request.body, framing)
            await flushRequest()
        case .stream, .segments:
            socket.deadline = deadline
            let (client, body, key) = (client, request.body, key)
            sink.flushNow()
            sentBytes = true
            upload = Task(executorPreference: client.loop) { await client.upload(body, framing, key) }
        }
    }

    private static func framing(of body: HTTPBody) -> MessageFraming {
        guard let length = body.length else { return .chunked }
        return length == 0 ? .none : .length(length)
    }

    /// Sends what is at hand. A server may answer and close before it has taken all, so a failure shows in the reading.
    private func flushRequest() async {
        let before = sink.outbox.count
        let result = await sink.flush()
        sentBytes = result == .sent || sink.outbox.count < before
        if result != .sent { keepsAlive = false }
    }

    /// Sends a stream beside the wait for the answer.
    func upload(_ body: HTTPBody, _ framing: MessageFraming) async {
        do throws(MessageSink.ContentFailure) {
            var result = try await sink.send(body, framing)
            if result == .sent { result = await sink.flush() }
            if result != .sent { keepsAlive = false }
            if result == .timedOut { failure = failure ?? .timedOut(.content) }
        } catch {
            failure = failure ?? .contentFailed(error.reason)
            socket.close(reset: true)
        }
        upload = nil
        if isBusy, failure == nil { socket.deadline = min(deadline, socket.local.now + timeouts.attempt) }
    }

    private func readHead(answersHead: Bool) async throws(HTTPClientError) {
        var interim = 0
        while true {
            parser.reset(answersHead: answersHead)
            let result: MessageSource.HeadResult
            do throws(HTTPProtocolError) {
                result = try await source.readHead(
                    { (span) throws(HTTPProtocolError) in
                        gotBytes = true
                        return try parser.parse(span)
                    },
                    begun: {},
                    waits: { true }
                )
            } catch {
                throw .invalidAnswer(error)
            }
            switch result {
            case .whole: break
            case .timedOut: throw .timedOut(.head)
            case .ended, .failed: throw .disconnected
            }
            guard parser.head.status.isInformational else { return }
            interim += 1
            guard parser.head.status != .switchingProtocols, interim <= 8 else {
                throw .invalidAnswer(HTTPProtocolError(.statusInvalid, at: 0))
            }
        }
    }

    private func takeResponse() throws(HTTPClientError) -> HTTPResponse {
        keepsAlive = keepsAlive && parser.keepsAlive
        source.content = ContentReader(parser.framing, limits: context.settings.limits)
        var response = HTTPResponse(parser.head)
        switch parser.framing {
        case .none: try finish()
        case .length(let count):
            if let whole = source.takeWhole(count) {
                response.body = HTTPBody(whole)
                try finish()
            } else {
                response.body = AnswerContent(client, key).body(length: count)
            }
        case .chunked, .untilClose: response.body = AnswerContent(client, key).body(length: nil)
        }
        return response
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
        socket.deadline = min(deadline, socket.local.now + timeouts.idle)
        switch await socket.readable() {
        case .ready: return
        case .timedOut: throw HTTPProtocolError(.contentTimeout, at: 0)
        case .closed: throw HTTPProtocolError(.unexpectedEnd, at: 0)
        }
    }

    // MARK: The end

    /// The answer is whole. The connection goes back, to be used again if the request was sent whole, too, and nothing
    /// came behind the answer.
    private func finish() throws(HTTPClientError) {
        guard source.input.isEmpty else { throw .invalidAnswer(HTTPProtocolError(.unexpectedBytes, at: 0)) }
        if let upload {
            upload.cancel()
            keepsAlive = false
        }
        isBusy = false
        socket.deadline = .distantFuture
        context.leased[number] = nil
        pool.release(self)
    }

    private func fail(_ error: HTTPClientError) {
        failure = failure ?? error
        close()
    }

    /// Nobody waits for the answer any more.
    func abandon(cancelled: Bool) { fail(cancelled ? .cancelled : .answerOver) }

    /// Closes the connection and frees its place.
    func close() {
        guard !socket.isClosed else { return }
        isBusy = false
        upload?.cancel()
        context.leased[number] = nil
        socket.close()
        pool.closed()
    }

    // MARK: What the socket reports

    /// Unused connections have nothing to hear: the server ends this one, or talks out of turn.
    func socketHasInput() { if !isBusy { pool.drop(self) } }

    /// A hang-up ends the wait in progress by itself; an unused connection goes.
    func socketHungUp() { if !isBusy { pool.drop(self) } }

    /// Unused for too long, or nobody has asked for more of the answer before the call's time was up.
    func socketDeadlinePassed() { if isBusy { fail(.timedOut(.content)) } else { pool.drop(self) } }
}

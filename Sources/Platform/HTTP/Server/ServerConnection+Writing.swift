import Reactor

extension ServerConnection {
    /// Has the request whose head was read answered; false when the connection is to end.
    ///
    /// Not inlined, like some below: a connection that waits keeps the frame of its caller until it is parked, which fits its
    /// task's first slab without them (3.5 KiB a connection instead of 4.5).
    @inline(never)
    func answerNext() async -> Bool {
        do throws(HTTPProtocolError) {
            return await answer(try takeRequest())
        } catch {
            await refuse(error)
            return false
        }
    }

    /// Its frame is in the task as well: what touches whole requests and answers without waiting stands in functions of its
    /// own.
    private func answer(_ request: consuming HTTPRequest) async -> Bool {
        let isHead = begin(request.head)
        let response = await respond(request)
        guard mayDeliver() else {
            end(response)
            if phase == .ending { await awaitEnd() }
            return false
        }
        let goesOn = await deliver(response, isHead: isHead)
        end(response)
        return goesOn
    }

    /// Counts a request and starts its clock. Returns whether it asks for a head only.
    @inline(never)
    private func begin(_ head: HTTPRequestHead) -> Bool {
        context.tally.requests += 1
        context.tally.requestsActive += 1
        requestDeadline = socket.local.now + context.requestTime(for: head)
        socket.deadline = requestDeadline
        return head.method == .head
    }

    /// Has the handler answer.
    @inline(never)
    private func respond(_ request: consuming HTTPRequest) async -> HTTPResponse {
        do { return checked(try await context.handler(request)) } catch { return response(to: error) }
    }

    /// Whether somebody still waits for the answer; its time is then the writing's own.
    private func mayDeliver() -> Bool {
        guard phase == .handling, !clientLeft else {
            if !clientLeft { outcome = .timedOut }
            return false
        }
        requestDeadline = .distantFuture
        socket.deadline = .distantFuture
        return true
    }

    /// Tells how the exchange ended.
    @inline(never)
    private func end(_ response: HTTPResponse) {
        context.tally.requestsActive -= 1
        response.observer?.exchangeEnded(end(of: response))
    }

    /// Sends an answer; false when the connection is to end.
    private func deliver(_ response: HTTPResponse, isHead: Bool) async -> Bool {
        if let refusal {
            phase = .answering
            outcome = .refused(refusal.reason)
            await refuse(refusal)
            return false
        }
        if let takeOver = response.takeOver {
            phase = .answering
            return await upgrade(response, takeOver)
        }
        // An answer that comes piece by piece may be made of the request's content, which the client holds back.
        if awaitsContinue, response.body.isStream { sendContinue() }
        phase = .answering
        let next = begin(response, isHead: isHead)
        // The common cases need no wait: a whole content, sent with the answers of others, or the last one, taken whole by
        // the kernel.
        guard next.isComplete else { return await finish(response, next) }
        if !next.ends, sink.outbox.hasRoom {
            sink.flushSoon(self)
            return true
        }
        if sink.flushNow() == 0, !next.ends || !leavesBytes { return !next.ends }
        return await finish(response, next)
    }

    /// How the present exchange ended, for whom the answer names.
    private func end(of response: HTTPResponse) -> HTTPExchangeEnd {
        let status: HTTPStatus =
            switch outcome {
            case .timedOut: HTTPRefusal.requestTimeout.status
            case .refused(let reason): reason.status
            case .sent, .clientLeft, .contentFailed, .writeTimedOut: response.head.status
            }
        return HTTPExchangeEnd(
            outcome: outcome,
            status: status,
            receivedByteCount: frame.framing.length ?? contentCount,
            sentByteCount: sink.contentByteCount
        )
    }

    /// What a handler throws becomes an answer.
    @inline(never)
    private func response(to error: any Error) -> HTTPResponse {
        if let problem = (error as? any ProblemConvertible)?.problem { return problem.response() }
        if refusal == nil, !clientLeft, phase == .handling {
            context.tally.handlerFailures += 1
            context.settings.report?(.handlerFailed(String(describing: error)))
        }
        return ProblemDetails(.internalServerError, reason: "internal_error", isRetryable: false).response()
    }

    /// A handler answers 101 where the client asked for another protocol, and no other interim answer.
    @inline(never)
    private func checked(_ response: consuming HTTPResponse) -> HTTPResponse {
        guard response.head.status.isInformational || response.takeOver != nil else { return response }
        let isSwitch = response.head.status == .switchingProtocols && response.takeOver != nil
        guard !isSwitch || !frame.mayUpgrade else { return response }
        var refusal = self.response(to: HTTPConnectionError.notSwitched)
        refusal.observer = response.observer
        return refusal
    }

    /// What is to be done behind an answer's head.
    private struct Next: Equatable {
        /// How the content still to be sent is delimited; nil when none is.
        var streams: MessageFraming?
        /// Whether this was the connection's last answer.
        var ends = false
        /// Whether a rest of the request's content is to be read and dropped.
        var discards = false

        /// Whether the answer is all written.
        var isComplete: Bool { streams == nil && !discards }
    }

    /// Writes the head, and the content when it is at hand.
    private func begin(_ response: HTTPResponse, isHead: Bool) -> Next {
        let hasContent = !isHead && !response.head.status.hasNoContent
        let framing = framing(of: response.body)
        // An answer that comes piece by piece may still read the request's content: only its end will tell.
        let leavesContent = !hasReadContent && !response.body.isStream
        let stays =
            frame.keepsAlive && !context.isDraining && requestCount < context.settings.requestsPerConnection
            && (!leavesContent || mayDiscard) && !(hasContent && framing == .untilClose)
        let told = toldLength(of: response, framing, isHead: isHead)
        // To HEAD a content of unknown length is announced as to GET: a length of 0 would be untrue (RFC 9110 §8.6).
        let announces = isHead && told == nil && !response.head.status.hasNoContent
        let answer = MessageWriter.ResponseFrame(
            framing: hasContent || announces ? framing : .none,
            toldLength: told,
            closes: !stays,
            confirmsKeepAlive: stays && version == .http10,
            date: context.date
        )
        let whole = hasContent ? response.body.whole : []
        sink.contentByteCount = whole?.count ?? 0
        sink.append(content: whole ?? []) {
            MessageWriter.append(response.head, answer, observer: response.observer, to: &$0)
        }
        var next = Next(streams: whole == nil ? framing : nil, ends: !stays)
        next.discards = stays && whole != nil && !hasReadContent
        return next
    }

    private var hasReadContent: Bool { frame.framing == .none || source.content.isEnded }

    /// Whether what is left of a request's content is little enough to be read and dropped, so that the connection can
    /// go on, and nobody else reads it.
    private var mayDiscard: Bool {
        !awaitsContinue && !isReading && (source.content.remaining ?? .max) <= 1 << 16
    }

    /// Does what is left to do behind the head; false when the connection is to end.
    private func finish(_ response: HTTPResponse, _ next: Next) async -> Bool {
        if let framing = next.streams {
            if socket.isPeerClosed { askHalfClosedClient() }
            // The head does not wait for the first piece, which may be long in coming.
            sink.flushSoon(self)
            guard await sendContent(response.body, framing) else { return false }
        }
        guard await flush() else { return false }
        if !next.ends {
            if hasReadContent { return true }
            if mayDiscard { return await discardContent() }
        }
        if leavesBytes { await linger() }
        return false
    }

    /// Whether the client has sent, or may be sending, what nobody has read.
    private var leavesBytes: Bool {
        guard hasReadContent, source.input.isEmpty else { return true }
        // A last read that filled its room does not tell whether more is there.
        guard socket.hasInput, case .bytes = source.readOne() else { return false }
        return true
    }

    /// How the content is delimited.
    private func framing(of body: HTTPBody) -> MessageFraming {
        if let length = body.length { return length == 0 ? .none : .length(length) }
        return version == .http10 ? .untilClose : .chunked
    }

    /// The length that an answer without content may tell: to HEAD what GET would send, with 304 what the handler says.
    private func toldLength(of response: HTTPResponse, _ framing: MessageFraming, isHead: Bool) -> Int? {
        guard isHead || response.head.status == .notModified else { return nil }
        if case .length(let count) = framing { return count }
        return response.head.fields[.contentLength].flatMap { Int($0) }
    }

    private func sendContent(_ body: HTTPBody, _ framing: MessageFraming) async -> Bool {
        do throws(MessageSink.ContentFailure) {
            return noting(try await sink.send(body, framing))
        } catch {
            // Cut with a reset, so that the client can't take a part for the whole.
            if !clientLeft {
                outcome = .contentFailed
                context.settings.report?(.contentFailed(error.reason))
            }
            sink.flushNow()
            socket.close(reset: true)
            return false
        }
    }

    /// Sends all that waits; false when the connection is lost.
    @inline(never)
    func flush() async -> Bool { sink.outbox.isEmpty ? true : noting(await sink.flush()) }

    private func noting(_ result: StreamSocket.SendResult) -> Bool {
        switch result {
        case .sent: return true
        case .timedOut:
            context.tally.writeTimeouts += 1
            outcome = .writeTimedOut
            socket.close(reset: true)
        case .failed: noteClientLeft()
        }
        return false
    }

    // MARK: The end

    /// Answers a message that breaks the protocol or a limit, and ends the connection.
    @inline(never)
    func refuse(_ error: HTTPProtocolError) async {
        context.note(error)
        appendRefusal(error)
        guard await flush() else { return }
        await linger()
    }

    func appendRefusal(_ error: HTTPProtocolError) {
        var response = error.problem.response()
        switch error.reason {
        case .methodNotAllowed:
            response.head.fields.append(.allow, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS")
        case .requestTimeout: response.head.fields.append(.retryAfter, "1")
        default: break
        }
        let json = Array(error.problem.json.utf8)
        let answer = MessageWriter.ResponseFrame(
            framing: .length(json.count),
            closes: true,
            date: context.date
        )
        let answersHead = phase != .idle && phase != .head && parser.head.method == .head
        sink.append {
            MessageWriter.append(response.head, answer, to: &$0)
            if !answersHead { $0.append(contentsOf: json) }
        }
    }

    /// Ends our side and reads on for a moment.
    @inline(never)
    func linger() async {
        endSoon()
        await awaitEnd()
    }

    /// Reads on behind our end, within the deadline: closing with unread bytes would reset the connection and could take
    /// answers from the client's buffer and the kernel's (RFC 9112 §9.6). What is still to be sent goes meanwhile.
    @inline(never)
    private func awaitEnd() async {
        await endReading()
        var dropped = 0
        while dropped < 16 << 20 {
            switch unsafe socket.read(into: socket.local.scratch) {
            case .bytes(let count): dropped += count
            case .wouldBlock: guard await socket.readable() == .ready else { return }
            case .end, .failed: return
            }
        }
    }

    /// Reads what is left of a small content that the handler did not want; false when that fails.
    private func discardContent() async -> Bool {
        do {
            while try await nextPiece() != nil {}
        } catch {
            return false
        }
        return await flush()
    }

    // MARK: Upgrading

    private func upgrade(
        _ response: HTTPResponse,
        _ takeOver: @Sendable (UpgradedConnection) async throws -> Void
    ) async -> Bool {
        let answer = MessageWriter.ResponseFrame(framing: .none, date: context.date)
        sink.append { MessageWriter.append(response.head, answer, observer: response.observer, to: &$0) }
        guard await flush() else { return false }
        do {
            try await takeOver(UpgradedConnection(ServerUpgrade(server: server, key: key)))
        } catch {
            if !clientLeft { context.settings.report?(.handlerFailed(String(describing: error))) }
        }
        sink.timeout = context.settings.writeTimeout
        return false
    }

    /// Bytes of another protocol; nil when the peer has ended its side.
    func readUpgraded() async throws -> [UInt8]? {
        guard !isReading else { throw HTTPConnectionError.readTwice }
        isReading = true
        defer { isReading = false }
        switch await source.readRaw() {
        case .bytes(let bytes): return bytes
        // A reset that a write has met shows in the reading as an end.
        case .end where !socket.isHungUp || hasFinishedWriting: return nil
        case .end, .failed: throw HTTPConnectionError.peerLeft
        }
    }

    func writeUpgraded(_ bytes: [UInt8], _ patience: Duration?) async throws {
        sink.timeout = patience ?? context.settings.writeTimeout
        sink.append(content: bytes) { _ in }
        let result = await sink.flush()
        // Where this side has closed the connection, no client has left.
        guard !socket.isClosed, noting(result) else { throw HTTPConnectionError.peerLeft }
    }

    func finishWritingUpgraded() {
        hasFinishedWriting = true
        socket.shutdownWriting()
    }
}

import HTTP
import Reactor

/// A web client's part on one loop: the isolation that its libcurl handles live in.
@safe actor WebLoop {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let settings: WebClientSettings
    private let multi: CurlMulti
    private var transfers: [UInt64: Transfer] = [:]
    private var counters = WebClientCounters()
    private var isClosed = false

    init(_ loop: EventLoop, _ settings: WebClientSettings) throws(WebClientError) {
        self.loop = loop
        self.settings = settings
        multi = try CurlMulti(loop, settings)
    }

    /// See ``WebClient/send(_:to:timeouts:)``.
    func send(
        _ request: HTTPRequest,
        to destination: WebDestination,
        _ timeouts: HTTPTimeouts?
    ) async throws(WebClientError) -> HTTPResponse {
        let id = try begin(request, destination, timeouts ?? settings.timeouts)
        do {
            // The operation touches the actor's state on purpose, which makes it the actor's (docs/adr/0003).
            return try await withTaskCancellationHandler {
                try await self.response(id, answersHead: request.head.method == .head)
            } onCancel: {
                abandon(id, .cancelled)
            }
        } catch let error as WebClientError {
            throw error
        } catch {
            throw .failed(String(describing: error))
        }
    }

    private func begin(
        _ request: HTTPRequest,
        _ destination: WebDestination,
        _ timeouts: HTTPTimeouts
    ) throws(WebClientError) -> UInt64 {
        guard !isClosed else { throw .closed }
        guard !Task.isCancelled else { throw .cancelled }
        guard transfers.count < settings.callsPerLoop else {
            counters.queueFull += 1
            throw .queueFull(limit: settings.callsPerLoop)
        }
        multi.owner = self
        let call = WebCall(
            request: request,
            destination: destination,
            timeouts: timeouts,
            settings: settings
        )
        let transfer = try Transfer(call, multi, loop.local)
        try transfer.start()
        counters.calls += 1
        let id = counters.calls
        transfers[id] = transfer
        if request.body.whole == nil {
            transfer.sender = Task(executorPreference: loop) { await self.upload(request.body, id) }
        }
        return id
    }

    private func response(_ id: UInt64, answersHead: Bool) async throws(WebClientError) -> HTTPResponse {
        guard let transfer = transfers[id] else { throw .cancelled }
        await transfer.waitForHead()
        guard transfer.hasHead, transfer.failure != .cancelled else {
            end(id)
            throw transfer.failure ?? .disconnected
        }
        let head = transfer.head
        var response = HTTPResponse(head.status, fields: head.fields)
        if transfer.isOver, transfer.failure == nil, head.trailers.isEmpty {
            response.body = HTTPBody(transfer.takeReceived())
            end(id)
        } else {
            response.body = WebContent(self, id).body(length: contentLength(of: head, answersHead))
        }
        return response
    }

    private func contentLength(of head: AnswerHead, _ answersHead: Bool) -> Int? {
        if answersHead || head.status == 204 || head.status == .notModified { return 0 }
        // libcurl's decompression changes the length.
        return settings.decompresses && head.fields.contains("content-encoding") ? nil : head.contentLength
    }

    /// Forgets a call, and counts how it went.
    private func end(_ id: UInt64) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        count(transfer, into: &counters)
    }

    private func count(_ transfer: Transfer, into counters: inout WebClientCounters) {
        counters.connectionsOpened += UInt64(transfer.connectionCount)
        counters.answersByHTTP2 += transfer.isHTTP2 && transfer.hasHead ? 1 : 0
        counters.failures += transfer.failure == nil ? 0 : 1
        counters.pauses += UInt64(transfer.pauseCount)
    }

    /// The figures so far.
    var snapshot: WebClientCounters {
        var counters = counters
        counters.callsInProgress = UInt64(transfers.count)
        for transfer in transfers.values { count(transfer, into: &counters) }
        return counters
    }

    /// Ends all calls and refuses others.
    func close() {
        isClosed = true
        multi.close(.closed)
    }

    /// What libcurl has to do at once.
    func turn() { multi.turn() }

    // MARK: From the request's and the answer's content

    /// The next piece of an answer's content.
    func nextPiece(_ id: UInt64) async throws(WebClientError) -> WebContent.Piece {
        do {
            return try await withTaskCancellationHandler {
                try await self.readPiece(id)
            } onCancel: {
                abandon(id, .cancelled)
            }
        } catch let error as WebClientError {
            throw error
        } catch {
            throw .failed(String(describing: error))
        }
    }

    private func readPiece(_ id: UInt64) async throws(WebClientError) -> WebContent.Piece {
        guard let transfer = transfers[id] else { throw .answerOver }
        do throws(WebClientError) {
            if let bytes = try await transfer.nextPiece() { return .bytes(bytes) }
        } catch {
            if transfer.isOver { end(id) }
            throw error
        }
        end(id)
        return .end(trailers: transfer.head.trailers)
    }

    /// Ends a call whose answer nobody reads to its end, or whose caller was cancelled.
    nonisolated func abandon(_ id: UInt64, _ reason: WebClientError) {
        loop.execute { self.assumeIsolated { $0.abandonNow(id, reason) } }
    }

    private func abandonNow(_ id: UInt64, _ reason: WebClientError) {
        transfers[id]?.fail(reason)
        // One that was cancelled is ended by its caller, who learns why.
        if reason != .cancelled { end(id) }
    }

    /// Sends a request's content beside the wait for its answer.
    private func upload(_ body: HTTPBody, _ id: UInt64) async {
        do {
            for try await piece in body {
                guard let transfer = transfers[id], try await transfer.offer(piece) else { return }
            }
            try transfers[id]?.finishOffering()
        } catch let error as WebClientError {
            transfers[id]?.fail(error)
        } catch {
            transfers[id]?.fail(.contentFailed("failed: \(error)"))
        }
    }
}

import CCurl
import HTTP
import Reactor

/// One call: its libcurl handle, what has come of the answer, what is left of the request's content, and its deadlines.
/// Lives in the isolation of its ``WebLoop``.
@safe final class Transfer {
    /// What the write callback says.
    enum Reception { case taken, pause, abort }

    let destination: WebDestination
    /// Whether libcurl is done with it; what was received may still be read.
    private(set) var isOver = false
    /// Why it failed, if it did.
    private(set) var failure: WebClientError?
    /// The answer's head as far as it has come.
    private(set) var head: AnswerHead
    /// Whether ``head`` is that of the answer that the caller gets.
    private(set) var hasHead = false
    /// What libcurl told at the end.
    private(set) var connectionCount = 0
    private(set) var isHTTP2 = false
    /// Whether one of the host's addresses was refused.
    private(set) var isAddressRefused = false
    /// Whether a connection stood.
    private var hasBegun = false
    /// How often the answer was held back.
    private(set) var pauseCount = 0
    /// Sends the request's content, when that is a stream.
    var sender: Task<Void, Never>?

    private let multi: CurlMulti
    private let settings: WebClientSettings
    private let followsRedirects: Bool
    private var easy: CurlEasy?
    private var timer: CallTimer?
    private var received: [UInt8] = []
    private var isReceivingPaused = false
    private var upload: Upload?
    private var isSendingPaused = false
    private var reader: UnsafeContinuation<Void, Never>?
    private var offerer: UnsafeContinuation<Void, Never>?

    /// How much of an answer is kept for its reader before the server has to wait.
    static let room = 64 * 1024

    init(_ call: WebCall, _ multi: CurlMulti, _ local: LoopLocal) throws(WebClientError) {
        destination = call.destination
        self.multi = multi
        settings = call.settings
        followsRedirects = call.followsRedirects
        upload = call.upload
        head = AnswerHead(limits: call.settings.limits)
        let easy = try CurlEasy()
        try call.configure(easy)
        easy.setCallbacks(for: self)
        if let code = easy.refusal { throw WebClientError(refused: code) }
        self.easy = easy
        let clock = CallClock(call.timeouts, at: local.now)
        timer = CallTimer(clock, local) { [unowned self] in
            (self.easy?.size(CURLINFO_CONNECT_TIME_T) ?? 0) > 0
        } expired: { [unowned self] in
            fail(.timedOut($0))
        }
    }

    /// Starts it.
    func start() throws(WebClientError) {
        guard let easy else { return }
        try multi.add(self, easy)
        timer?.arm()
    }

    // MARK: The end

    /// libcurl is done with it.
    func ended(_ code: CURLcode) {
        guard let easy else { return }
        connectionCount = easy.number(CURLINFO_NUM_CONNECTS)
        isHTTP2 = easy.number(CURLINFO_HTTP_VERSION) == ccurl_http2()
        if code != CURLE_OK { failure = failure ?? error(code, easy) }
        if failure == nil, !head.isWhole { failure = .disconnected }
        if failure == nil { handOnHead() }
        conclude()
    }

    /// Ends it now. Not from within libcurl's callbacks: those note the failure and have libcurl stop.
    func fail(_ error: WebClientError) {
        guard !isOver else { return }
        failure = failure ?? error
        conclude()
    }

    private func conclude() {
        isOver = true
        if let easy { multi.remove(self, easy) }
        easy = nil
        timer?.stop()
        timer = nil
        sender?.cancel()
        sender = nil
        wakeReader()
        wakeOfferer()
    }

    // MARK: From libcurl's callbacks

    /// Whether a connection to `address` may be made.
    func mayConnect(to address: SocketAddress?) -> Bool {
        guard isAllowed(address) else {
            isAddressRefused = true
            return false
        }
        timer?.change { $0.connects(at: $1) }
        return true
    }

    private func isAllowed(_ address: SocketAddress?) -> Bool {
        switch settings.addresses {
        case .any: true
        case .publicOnly: address.map(PublicAddress.contains) ?? false
        case .privateOnly: address.map { !PublicAddress.contains($0) } ?? false
        }
    }

    /// A connection stands, and the request goes out.
    func requestBegins() {
        hasBegun = true
        let isSmall = upload?.isSmall ?? true
        timer?.change { if isSmall { $0.awaitsHead(at: $1) } else { $0.awaitsContent(at: $1) } }
    }

    /// One line of the answer's head or trailers; false to end the transfer.
    func takeLine(_ line: [UInt8]) -> Bool {
        guard failure == nil else { return false }
        do throws(WebClientError) {
            if try head.take(line), !(followsRedirects && head.isRedirect) { handOnHead() }
            return true
        } catch {
            failure = error
            return false
        }
    }

    private func handOnHead() {
        guard !hasHead else { return }
        hasHead = true
        head.isHandedOn = true
        timer?.change { clock, _ in clock.rests() }
        wakeReader()
    }

    /// Bytes of the answer's content.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        guard failure == nil else { return .abort }
        handOnHead()
        guard received.count < Self.room else {
            isReceivingPaused = true
            pauseCount += 1
            return .pause
        }
        unsafe received.append(contentsOf: bytes)
        wakeReader()
        return .taken
    }

    /// Fills `room` with the request's content; 0 at its end, nil when the next piece is not there yet.
    func provide(_ room: UnsafeMutableRawBufferPointer) -> Int? {
        let count = unsafe upload?.copy(into: room) ?? 0
        guard let upload, failure == nil else { return 0 }
        if upload.needsPiece { wakeOfferer() }
        isSendingPaused = count == 0 && !upload.isLast
        if !hasHead { noteSending(upload) }
        return isSendingPaused ? nil : count
    }

    private func noteSending(_ upload: Upload) {
        if isSendingPaused {
            timer?.change { clock, _ in clock.rests() }
        } else if upload.isLast, upload.needsPiece {
            timer?.change { $0.awaitsHead(at: $1) }
        } else if !upload.isSmall {
            timer?.change { $0.awaitsContent(at: $1) }
        }
    }

    /// The request's content from its beginning; false where that is not possible.
    func rewind() -> Bool { upload?.rewind() ?? true }

    // MARK: Reading the answer

    /// Waits until ``hasHead`` or ``isOver``.
    func waitForHead() async {
        while !hasHead, !isOver { await waitAsReader { hasHead } }
    }

    /// What has been received; nil at the end.
    func nextPiece() async throws(WebClientError) -> [UInt8]? {
        guard unsafe reader == nil else { throw .answerOver }
        while received.isEmpty {
            if isOver {
                if let failure { throw failure }
                return nil
            }
            timer?.change { $0.awaitsContent(at: $1) }
            await waitAsReader { !received.isEmpty }
        }
        timer?.change { clock, _ in clock.rests() }
        return takeReceived()
    }

    /// All that has been received.
    func takeReceived() -> [UInt8] {
        let piece = received
        received = []
        if isReceivingPaused {
            isReceivingPaused = false
            applyPauses()
        }
        return piece
    }

    private func waitAsReader(until isReached: () -> Bool) async {
        unsafe await withUnsafeContinuation { continuation in
            // What was looked at before may have come meanwhile (docs/adr/0003).
            if isOver || isReached() { return unsafe continuation.resume() }
            unsafe reader = continuation
        }
    }

    private func wakeReader() { unsafe reader.take()?.resume() }

    private func wakeOfferer() { unsafe offerer.take()?.resume() }

    // MARK: Sending the request's content

    /// Hands a piece to libcurl and waits until that has taken it; false when it takes no more.
    func offer(_ piece: [UInt8]) async throws(WebClientError) -> Bool {
        guard !isOver, !piece.isEmpty else { return !isOver }
        try upload?.give(piece)
        if hasBegun, !hasHead { timer?.change { $0.awaitsContent(at: $1) } }
        resumeSending()
        while !isOver, upload?.needsPiece == false { await waitAsOfferer() }
        return !isOver
    }

    /// Tells libcurl that the content is whole.
    func finishOffering() throws(WebClientError) {
        guard !isOver else { return }
        try upload?.finish()
        if hasBegun, !hasHead { timer?.change { $0.awaitsHead(at: $1) } }
        resumeSending()
    }

    private func waitAsOfferer() async {
        unsafe await withUnsafeContinuation { continuation in
            if isOver || upload?.needsPiece != false { return unsafe continuation.resume() }
            unsafe offerer = continuation
        }
    }

    private func resumeSending() {
        guard isSendingPaused else { return }
        isSendingPaused = false
        applyPauses()
    }

    /// Tells libcurl what is held back. It may call `receive` and `provide` before it returns.
    private func applyPauses() {
        guard let easy else { return }
        let code = easy.pause(receiving: isReceivingPaused, sending: isSendingPaused)
        guard code == CURLE_OK else { return fail(error(code, easy)) }
        multi.queueTurn()
    }

    private func error(_ code: CURLcode, _ easy: CurlEasy) -> WebClientError {
        WebClientError(code, easy, self, watchFailure: multi.watchFailure, settings)
    }
}
